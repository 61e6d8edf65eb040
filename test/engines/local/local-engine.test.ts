import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine, EngineSentence } from '../../../lib/service/engine.ts';
import { openLocalEngine } from '../../../lib/engines/local/local-engine.ts';
import { pcmOf, wordsOf, writeAll } from './recording.ts';
import { temporaryFolder, useRegistry } from '../models/registry.ts';

const LEISURE =
  'and mr john dashwood had then leisure to consider how much there might be prudently in his power to do for them';
const YOUNG_MAN = 'he was not an ill disposed young man';
const AMIABLE =
  'had he married a more amiable woman he might have been made still more respectable than he was';

let engine: Engine;

beforeAll(async () => {
  engine = await openLocalEngine({ partials: true });
});

afterAll(() => engine.close());

interface Request {
  readonly maxSentenceSilence?: number;
  readonly partials?: boolean;
  /** Sizes of the chunks in which the audio is written. */
  readonly lengths?: number[];
}

async function recognise(pcm: Buffer, request: Request = {}): Promise<EngineSentence[]> {
  const { maxSentenceSilence = 800, partials = false, lengths } = request;
  const sentences: EngineSentence[] = [];
  const onSentence = (sentence: EngineSentence): void => void sentences.push(sentence);
  const stream = engine.open({ maxSentenceSilence, partials, onSentence });
  await writeAll(stream, pcm, lengths);
  await stream.end();
  return sentences;
}

test('recognises speech', async () => {
  expect(wordsOf(await recognise(await pcmOf('leisure.wav')))).toBe(LEISURE);
  expect(wordsOf(await recognise(await pcmOf('amiable.m4a')))).toBe(AMIABLE);
  expect(wordsOf(await recognise(await pcmOf('ill-disposed.mp3')))).toBe(YOUNG_MAN);
});

test('ends a sentence after the requested silence, and not before', async () => {
  const pcm = await pcmOf('sense-and-sensibility.mp3');
  const apart = await recognise(pcm, { maxSentenceSilence: 800 });
  const together = await recognise(pcm, { maxSentenceSilence: 6000 });

  expect(apart).toHaveLength(5);
  expect(together).toHaveLength(1);
  expect(wordsOf(together)).toBe(wordsOf(apart));
});

test('gives sentences the times at which they are spoken', async () => {
  const sentences = await recognise(await pcmOf('sense-and-sensibility.mp3'));
  const times = sentences.flatMap(({ begin_time, end_time }) => [begin_time, end_time ?? Number.NaN]);

  // The five parts of 7.10, 2.99, 5.30, 6.05 and 3.29 s have 1.5 s of silence between them.
  const starts = [0, 8600, 13_090, 19_890, 27_440];
  const ends = [7100, 11_590, 18_390, 25_940, 30_730];
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  sentences.forEach(({ begin_time, end_time }, index) => {
    expect(begin_time).toBeGreaterThan((starts[index] ?? 0) - 50);
    expect(begin_time).toBeLessThan((starts[index] ?? 0) + 700);
    expect(end_time).toBeGreaterThan((ends[index] ?? 0) - 700);
    expect(end_time).toBeLessThan((ends[index] ?? 0) + 100);
  });
});

test('gives the same sentences for chunks of any size', async () => {
  const pcm = await pcmOf('ill-disposed.mp3');
  const whole = await recognise(pcm, { lengths: [pcm.length] });

  expect(await recognise(pcm, { lengths: [1, 333, 7001] })).toEqual(whole);
});

test('gives no sentences for silence', async () => {
  expect(await recognise(Buffer.alloc(20 * 32_000))).toEqual([]);
  expect(await recognise(Buffer.alloc(0))).toEqual([]);
});

test('recognises several streams at the same time', async () => {
  const recordings = ['leisure.wav', 'amiable.m4a', 'ill-disposed.mp3', 'leisure.wav'];
  const texts = await Promise.all(
    recordings.map(async (name) => wordsOf(await recognise(await pcmOf(name)))),
  );

  expect(texts).toEqual([LEISURE, AMIABLE, YOUNG_MAN, LEISURE]);
});

test('gives partial results during speech, if they are requested', async () => {
  const pcm = await pcmOf('leisure.wav');
  const seen: EngineSentence[] = [];
  const onSentence = (sentence: EngineSentence): void => void seen.push(sentence);
  const stream = engine.open({ maxSentenceSilence: 800, partials: true, onSentence });
  await writeAll(stream, pcm.subarray(0, 4 * 32_000));
  await expect.poll(() => seen.length, { timeout: 30_000 }).toBeGreaterThan(0);
  const [early] = seen;
  await writeAll(stream, pcm.subarray(4 * 32_000));
  await stream.end();

  expect(early).toMatchObject({ end_time: null });
  expect(wordsOf(seen.slice(0, 1))).toMatch(/^and mr john/);
  expect(seen.filter(({ end_time }) => end_time !== null)).toEqual([seen.at(-1)]);
  expect(wordsOf(seen.slice(-1))).toBe(LEISURE);
  expect((await recognise(pcm)).map(({ end_time }) => end_time)).not.toContain(null);
});

test('reports the length of the silence at the end of the audio', async () => {
  const stream = engine.open({ maxSentenceSilence: 800, partials: false, onSentence: () => {} });
  await writeAll(stream, Buffer.alloc(2 * 32_000));
  const before = stream.silenceMs;
  await writeAll(stream, (await pcmOf('leisure.wav')).subarray(0, 2 * 32_000));
  const during = stream.silenceMs;
  await writeAll(stream, Buffer.alloc(5 * 32_000));
  const after = stream.silenceMs;
  stream.destroy();

  expect(before).toBeGreaterThan(1900);
  expect(before).toBeLessThanOrEqual(2000);
  expect(during).toBe(0);
  expect(after).toBeGreaterThan(4500);
  expect(after).toBeLessThanOrEqual(5200);
});

test('does not block the event loop', async () => {
  const pcm = await pcmOf('leisure.wav');
  const stream = engine.open({ maxSentenceSilence: 800, partials: false, onSentence: () => {} });
  await stream.write(pcm);
  let turns = 0;
  const count = (): void => {
    turns += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  await stream.end();
  clearImmediate(counting);

  expect(turns).toBeGreaterThan(100);
});

test('makes a fast writer wait', async () => {
  const pcm = await pcmOf('leisure.wav');
  const stream = engine.open({ maxSentenceSilence: 800, partials: false, onSentence: () => {} });
  const pieces = Array.from({ length: 5 }, () => [pcm, Buffer.alloc(32_000)]);
  let isRoom = false;
  const writing = stream.write(Buffer.concat(pieces.flat())).then(() => (isRoom = true));
  await new Promise(setImmediate);
  const wasRoom = isRoom;
  await writing;
  stream.destroy();

  expect(wasRoom).toBe(false);
  expect(isRoom).toBe(true);
});

test('gives no results and accepts no audio after destroy()', async () => {
  const pcm = await pcmOf('ill-disposed.mp3');
  const seen: EngineSentence[] = [];
  const onSentence = (sentence: EngineSentence): void => void seen.push(sentence);
  const stream = engine.open({ maxSentenceSilence: 800, partials: true, onSentence });
  await writeAll(stream, pcm);
  // After this, no work of other tests is in the queue.
  await recognise(pcm);
  const ending = stream.end();
  stream.destroy();

  await expect(ending).rejects.toMatchObject({ code: 'E_ENGINE' });
  await expect(stream.write(pcm)).rejects.toMatchObject({ code: 'E_ENGINE' });
  expect(seen.filter(({ end_time }) => end_time !== null)).toEqual([]);
  expect(wordsOf(await recognise(pcm))).toBe(YOUNG_MAN);
});

test('fails its open streams when it is closed, and opens no more', async () => {
  const another = await openLocalEngine();
  const options = { maxSentenceSilence: 800, partials: false, onSentence: () => {} };
  const pcm = await pcmOf('ill-disposed.mp3');
  const [listening, ending, ended] = [another.open(options), another.open(options), another.open(options)];
  await ended.end();
  await ending.write(pcm);
  const end = ending.end();
  await another.close();
  const closed = { code: 'E_STATE', message: 'The local engine was closed' };

  await expect(end).rejects.toMatchObject(closed);
  await expect(listening.write(pcm)).rejects.toMatchObject(closed);
  await expect(listening.end()).rejects.toMatchObject(closed);
  expect(() => another.open(options)).toThrow('The local engine was closed');
});

test('reports its languages', () => {
  expect(engine).toMatchObject({ model: 'moonshine-base', languages: ['en'] });
});

test('does not download a model of other hosts by itself, and names the command, the size and the license', async () => {
  const cacheDir = await temporaryFolder();
  await expect(openLocalEngine({ model: 'sense-voice', cacheDir })).rejects.toMatchObject({
    code: 'E_MODEL_MISSING',
    hint: expect.stringMatching(/`fun-asr engine pull sense-voice` \(240 MB; license: FunASR Model/),
  });
  expect(await readdir(cacheDir)).toEqual([]);
});

test('explains what to do without the model and without a network', async () => {
  useRegistry('http://127.0.0.1:9/');

  await expect(openLocalEngine({ cacheDir: await temporaryFolder() })).rejects.toMatchObject({
    code: 'E_MODEL_MISSING',
    hint: expect.stringContaining('DASHSCOPE_API_KEY'),
  });
});
