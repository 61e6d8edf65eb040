import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { RecordingReader, type RecordingReaderOptions } from '../../lib/audio/recording-reader.ts';
import { SPEECH } from './samples.ts';

const OPTIONS: RecordingReaderOptions = { sampleRate: 16_000 };

async function read(reader: RecordingReader): Promise<Buffer[]> {
  const frames: Buffer[] = [];
  for await (const frame of reader.frames()) frames.push(frame);
  await reader.close();
  return frames;
}

const speech = async () => (await readFile(SPEECH)).subarray(44);

test('reads the same frames of 100 ms from a path and from a stream, to the end', async () => {
  for (const input of [SPEECH, createReadStream(SPEECH)]) {
    const reader = new RecordingReader(input, OPTIONS);
    const frames = await read(reader);
    expect(frames.slice(0, -1).every(({ length }) => length === 3200)).toBe(true);
    expect(Buffer.concat(frames).equals(await speech())).toBe(true);
    expect(reader).toMatchObject({ isComplete: true, failure: undefined });
  }
});

test.each([1, 1234, 7099, 7100, 60_000])('skips the first %i ms exactly', async (fromMs) => {
  const reader = new RecordingReader(SPEECH, { ...OPTIONS, fromMs });
  const frames = await read(reader);
  expect(Buffer.concat(frames).equals((await speech()).subarray(fromMs * 32))).toBe(true);
  expect(reader.isComplete).toBe(true);
});

test.each([
  [undefined, 1],
  [undefined, 1234],
  [1234, 3333],
  [1234, 1235],
  [1000, 7100],
  [1000, 60_000],
])('reads the samples from %s to %i ms, and is complete', async (fromMs, untilMs) => {
  for (const input of [SPEECH, createReadStream(SPEECH)]) {
    const reader = new RecordingReader(input, { ...OPTIONS, fromMs, untilMs });
    const frames = await read(reader);
    const expected = (await speech()).subarray((fromMs ?? 0) * 32, untilMs * 32);
    expect(Buffer.concat(frames).equals(expected)).toBe(true);
    expect(reader).toMatchObject({ isComplete: true, failure: undefined });
  }
});

test('reads no frame of a part that ends before it begins', async () => {
  const reader = new RecordingReader(SPEECH, { ...OPTIONS, fromMs: 2000, untilMs: 1000 });
  expect(await read(reader)).toEqual([]);
  expect(reader.isComplete).toBe(true);
});

test('stops FFmpeg at the end of the part without a warning or a failure', async () => {
  const warnings: unknown[] = [];
  const bytes = await readFile(SPEECH);
  // An endless stream: only the end of the part can stop the reading.
  const input = Readable.from(
    (async function* () {
      yield bytes.subarray(0, 44);
      for (;;) yield bytes.subarray(44);
    })(),
  );
  const onWarning = (warning: unknown) => void warnings.push(warning);
  const reader = new RecordingReader(input, { ...OPTIONS, untilMs: 1000, onWarning });
  expect(Buffer.concat(await read(reader)).length).toBe(1000 * 32);
  expect(reader).toMatchObject({ isComplete: true, failure: undefined });
  expect(input.destroyed).toBe(true);
  expect(warnings).toEqual([]);
});

test('counts the skipped audio towards the maximum duration', async () => {
  const reader = new RecordingReader(SPEECH, { ...OPTIONS, fromMs: 3000, maxDurationMs: 5000 });
  const bytes = Buffer.concat(await read(reader)).length;
  expect(bytes).toBe(2000 * 32);
  expect(reader.failure).toMatchObject({ code: 'E_DURATION_LIMIT' });
});

test('ends without a failure, and incomplete, when it is stopped', async () => {
  const stop = new AbortController();
  const reader = new RecordingReader(SPEECH, { ...OPTIONS, rate: 20, stop: stop.signal });
  const frames: Buffer[] = [];
  for await (const frame of reader.frames()) if (frames.push(frame) === 3) stop.abort();
  await reader.close();
  expect(frames).toHaveLength(3);
  expect(reader).toMatchObject({ isComplete: false, failure: undefined });
});

test('fails with an AbortError when it is aborted', async () => {
  const abort = new AbortController();
  const reader = new RecordingReader(SPEECH, { ...OPTIONS, signal: abort.signal });
  for await (const _ of reader.frames()) abort.abort();
  await reader.close();
  expect(reader).toMatchObject({ isComplete: false, failure: { name: 'AbortError' } });
});

test('reports a failure of the stream as E_READ', async () => {
  const input = new PassThrough();
  const reader = new RecordingReader(input, OPTIONS);
  input.destroy(new Error('connection lost'));
  expect(await read(reader)).toEqual([]);
  expect(reader).toMatchObject({
    isComplete: false,
    failure: { code: 'E_READ', message: 'the input stream failed: connection lost' },
  });
});

test('emits all audio that came before the stream failed', async () => {
  const wav = await readFile(SPEECH);
  const failing = Readable.from(
    (async function* () {
      yield wav.subarray(0, 100_044);
      throw new Error('connection lost');
    })(),
  );
  const reader = new RecordingReader(failing, OPTIONS);
  const pcm = Buffer.concat(await read(reader));
  expect(pcm.equals((await speech()).subarray(0, 100_000))).toBe(true);
  expect(reader).toMatchObject({ isComplete: false, failure: { code: 'E_READ' } });
});

test('emits all audio that was decoded before a failure', async () => {
  for (const maxDurationMs of [10, 1000, 2345]) {
    const reader = new RecordingReader(SPEECH, { ...OPTIONS, maxDurationMs });
    // A consumer that is slower than the decoder.
    let bytes = 0;
    for await (const frame of reader.frames()) {
      bytes += frame.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await reader.close();
    expect(bytes).toBe(maxDurationMs * 32);
    expect(reader).toMatchObject({ isComplete: false, failure: { code: 'E_DURATION_LIMIT' } });
  }
});

test('keeps the error of the decoder', async () => {
  const reader = new RecordingReader('fixtures/SOURCES.tsv', OPTIONS);
  expect(await read(reader)).toEqual([]);
  expect(reader.failure).toMatchObject({ code: 'E_BAD_MEDIA' });
});

test('decodes no further than its frames are pulled', async () => {
  let given = 0;
  const header = (await readFile(SPEECH)).subarray(0, 44);
  header.writeUInt32LE(0xffff_ffff, 40);
  const endless = Readable.from(
    (function* () {
      yield header;
      for (; given < 2000; given += 1) yield Buffer.alloc(16_384, 1 + (given % 100));
    })(),
    { objectMode: false },
  );
  const reader = new RecordingReader(endless, OPTIONS);
  await reader.frames().next();
  await new Promise((resolve) => setTimeout(resolve, 300));
  // Pipes and streams hold some hundred KB.
  expect(given).toBeLessThan(200);
  await reader.close();
});

test('destroys a stream that is not read', async () => {
  const input = new PassThrough();
  const reader = new RecordingReader(input, OPTIONS);
  await reader.close();
  expect(input.destroyed).toBe(true);
});

test('closes while it waits for a stream, and leaves no FFmpeg running', async () => {
  const children = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
  const input = new PassThrough();
  input.write((await readFile(SPEECH)).subarray(0, 60_000));
  const reader = new RecordingReader(input, OPTIONS);
  const pending = reader.frames().next();
  await expect.poll(children).toBe(1);
  await reader.close();
  await pending;
  expect([input.destroyed, reader.failure]).toEqual([true, undefined]);
  await expect.poll(children).toBe(0);
});
