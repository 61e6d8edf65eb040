import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { FramedRecording, type FramedRecordingOptions } from '../../lib/audio/framed-recording.ts';
import { SPEECH } from './samples.ts';

const OPTIONS: FramedRecordingOptions = { sampleRate: 16_000 };

async function read(recording: FramedRecording): Promise<Buffer[]> {
  const frames: Buffer[] = [];
  for await (const frame of recording.frames()) frames.push(frame);
  await recording.close();
  return frames;
}

const speech = async () => (await readFile(SPEECH)).subarray(44);

test('a path and a stream give the same frames of 100 ms, to the end', async () => {
  for (const input of [SPEECH, createReadStream(SPEECH)]) {
    const recording = new FramedRecording(input, OPTIONS);
    const frames = await read(recording);
    expect(frames.slice(0, -1).every(({ length }) => length === 3200)).toBe(true);
    expect(Buffer.concat(frames).equals(await speech())).toBe(true);
    expect(recording).toMatchObject({ isWhole: true, failure: undefined });
  }
});

test.each([1, 1234, 7099, 7100, 60_000])(
  'from %i ms on it is the same audio, sample by sample',
  async (from) => {
    const recording = new FramedRecording(SPEECH, { ...OPTIONS, fromMs: from });
    const frames = await read(recording);
    expect(Buffer.concat(frames).equals((await speech()).subarray(from * 32))).toBe(true);
    expect(recording.isWhole).toBe(true);
  },
);

test.each([
  [undefined, 1],
  [undefined, 1234],
  [1234, 3333],
  [1234, 1235],
  [1000, 7100],
  [1000, 60_000],
])('gives the samples from %s to %i ms, and counts as whole', async (fromMs, untilMs) => {
  for (const input of [SPEECH, createReadStream(SPEECH)]) {
    const recording = new FramedRecording(input, { ...OPTIONS, fromMs, untilMs });
    const frames = await read(recording);
    const expected = (await speech()).subarray((fromMs ?? 0) * 32, untilMs * 32);
    expect(Buffer.concat(frames).equals(expected)).toBe(true);
    expect(recording).toMatchObject({ isWhole: true, failure: undefined });
  }
});

test('gives no frame of a part that ends before it begins', async () => {
  const recording = new FramedRecording(SPEECH, { ...OPTIONS, fromMs: 2000, untilMs: 1000 });
  expect(await read(recording)).toEqual([]);
  expect(recording.isWhole).toBe(true);
});

test('stops FFmpeg at the end of the part without a warning or a failure', async () => {
  const warnings: unknown[] = [];
  const bytes = await readFile(SPEECH);
  // Without an end: only the end of the part can stop the reading.
  const input = Readable.from(
    (async function* () {
      yield bytes.subarray(0, 44);
      for (;;) yield bytes.subarray(44);
    })(),
  );
  const onWarning = (warning: unknown) => void warnings.push(warning);
  const recording = new FramedRecording(input, { ...OPTIONS, untilMs: 1000, onWarning });
  expect(Buffer.concat(await read(recording)).length).toBe(1000 * 32);
  expect(recording).toMatchObject({ isWhole: true, failure: undefined });
  expect(input.destroyed).toBe(true);
  expect(warnings).toEqual([]);
});

test('what is left out counts for the longest that is allowed', async () => {
  const recording = new FramedRecording(SPEECH, { ...OPTIONS, fromMs: 3000, maxDurationMs: 5000 });
  const bytes = Buffer.concat(await read(recording)).length;
  expect(bytes).toBe(2000 * 32);
  expect(recording.failure).toMatchObject({ code: 'E_DURATION_LIMIT' });
});

test('a stop is an end of what there is, and no failure', async () => {
  const stop = new AbortController();
  const recording = new FramedRecording(SPEECH, { ...OPTIONS, rate: 20, stop: stop.signal });
  const frames: Buffer[] = [];
  for await (const frame of recording.frames()) if (frames.push(frame) === 3) stop.abort();
  await recording.close();
  expect(frames.length).toBeLessThan(71);
  expect(recording).toMatchObject({ isWhole: false, failure: undefined });
});

test('a failure of the stream is one of reading', async () => {
  const input = new PassThrough();
  const recording = new FramedRecording(input, OPTIONS);
  input.destroy(new Error('the cable is out'));
  expect(await read(recording)).toEqual([]);
  expect(recording).toMatchObject({
    isWhole: false,
    failure: { code: 'E_READ', message: 'the input stream failed: the cable is out' },
  });
});

test('all that was decoded before a failure is given', async () => {
  for (const maxDurationMs of [10, 1000, 2345]) {
    const recording = new FramedRecording(SPEECH, { ...OPTIONS, maxDurationMs });
    // A reader that is slower than the decoder.
    let bytes = 0;
    for await (const frame of recording.frames()) {
      bytes += frame.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await recording.close();
    expect(bytes).toBe(maxDurationMs * 32);
    expect(recording).toMatchObject({ isWhole: false, failure: { code: 'E_DURATION_LIMIT' } });
  }
});

test('a failure of the decoder is its own', async () => {
  const recording = new FramedRecording('fixtures/SOURCES.tsv', OPTIONS);
  expect(await read(recording)).toEqual([]);
  expect(recording.failure).toMatchObject({ code: 'E_BAD_MEDIA' });
});

test('a stream is let go when nobody reads it', async () => {
  const input = new PassThrough();
  const recording = new FramedRecording(input, OPTIONS);
  await recording.close();
  expect(input.destroyed).toBe(true);
});
