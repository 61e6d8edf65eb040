import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
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

test('what is left out counts for the longest that is allowed', async () => {
  const recording = new FramedRecording(SPEECH, { ...OPTIONS, fromMs: 3000, maxDuration: 5000 });
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
  for (const maxDuration of [10, 1000, 2345]) {
    const recording = new FramedRecording(SPEECH, { ...OPTIONS, maxDuration });
    // A reader that is slower than the decoder.
    let bytes = 0;
    for await (const frame of recording.frames()) {
      bytes += frame.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await recording.close();
    expect(bytes).toBe(maxDuration * 32);
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
