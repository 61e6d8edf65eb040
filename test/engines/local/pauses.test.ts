import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLocalEngine } from '../../../lib/engines/local/local-engine.ts';
import type { Engine, EngineSentence } from '../../../lib/service/engine.ts';
import { pcmOf, wordsOf, writeAll } from './recording.ts';

const PAUSE_MS = 600;

let engine: Engine;

beforeAll(async () => {
  engine = await openLocalEngine();
});

afterAll(() => engine.close());

/** Puts a pause into speech at each of these samples. */
function withPauses(pcm: Buffer, places: readonly number[]): Buffer {
  const pause = Buffer.alloc(PAUSE_MS * 32);
  const begins = [0, ...places];
  const pieces = begins.map((begin, index) => pcm.subarray(2 * begin, 2 * (places[index] ?? pcm.length)));
  return Buffer.concat(pieces.flatMap((piece, index) => (index === 0 ? [piece] : [pause, piece])));
}

async function sentencesOf(pcm: Buffer): Promise<EngineSentence[]> {
  const sentences: EngineSentence[] = [];
  const stream = engine.open({
    maxSentenceSilence: 1300,
    language: 'en',
    partials: false,
    onSentence: (sentence) => sentences.push(sentence),
  });
  await writeAll(stream, pcm);
  await stream.end();
  return sentences;
}

it.each([
  ['himself.ogg', [17_328, 40_874], 'he might even have been made amiable himself'],
  [
    'amiable.m4a',
    [40_656, 75_482],
    'had he married a more amiable woman he might have been made still more respectable than he was',
  ],
])('recognises the words of a speaker who pauses inside of a sentence: %s', async (file, places, words) => {
  const sentences = await sentencesOf(withPauses(await pcmOf(file), places));

  expect(wordsOf(sentences)).toBe(words);
  // The detector finds the end of speech up to 0.2 s late.
  const pause = places[0] === undefined ? 0 : places[0] / 16;
  const begins = sentences.flatMap((sentence) => sentence.words.map(({ begin_time }) => begin_time));
  expect(begins.some((begin) => begin < pause)).toBe(true);
  expect(begins.filter((begin) => begin > pause + 200 && begin < pause + PAUSE_MS - 100)).toEqual([]);
});
