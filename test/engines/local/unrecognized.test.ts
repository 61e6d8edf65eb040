import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, EngineSentence, UnrecognizedSpeech } from '../../../lib/service/engine.ts';
import { openLocalEngine } from '../../../lib/engines/local/local-engine.ts';
import { bare, pcmOf, writeAll } from './recording.ts';

const PAUSE = Buffer.alloc(0.6 * 32_000);

type Result = EngineSentence | UnrecognizedSpeech;

let engine: Engine;

beforeAll(async () => {
  engine = await openLocalEngine();
});

afterAll(() => engine.close());

/** Returns the final sentences and the reported speech, in order. */
async function resultsOf(pcm: Buffer, maxSentenceSilence = 800, language?: string): Promise<Result[]> {
  const results: Result[] = [];
  const take = (result: Result): void => void results.push(result);
  const stream = engine.open({
    maxSentenceSilence,
    language,
    partials: false,
    onSentence: take,
    onUnrecognized: take,
  });
  await writeAll(stream, pcm);
  await stream.end();
  return results;
}

/** Reverses speech: the voice detector finds speech, and the words are of no language. */
async function reversed(fixture: string): Promise<Buffer> {
  return Buffer.from(samplesOf(await pcmOf(fixture)).toReversed().buffer);
}

/** Adds the same white noise each time. */
function noisy(pcm: Buffer, level: number): Buffer {
  let seed = 1;
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
    return seed / 0x3fffffff - 1;
  };
  const samples = samplesOf(pcm).map((sample) => {
    const sum = sample + level * 32_768 * random();
    return Math.max(-32_768, Math.min(32_767, sum));
  });
  return Buffer.from(samples.buffer);
}

function samplesOf(pcm: Buffer): Int16Array {
  const samples = new Int16Array(pcm.length >> 1);
  for (let i = 0; i < samples.length; i += 1) samples[i] = pcm.readInt16LE(2 * i);
  return samples;
}

const unrecognized = (result: Result): boolean => !('text' in result);

describe('speech that the local engine does not recognise', () => {
  it('is reported with its times, without invented words', async () => {
    for (const fixture of ['amiable.m4a', 'leisure.wav', 'cold-hearted.flac']) {
      const pcm = await reversed(fixture);
      const [speech, ...more] = await resultsOf(pcm);
      expect(more).toEqual([]);
      expect(speech).toEqual({ begin_time: expect.any(Number), end_time: expect.any(Number) });
      expect(Number(speech?.end_time) - Number(speech?.begin_time)).toBeGreaterThan(0.75 * (pcm.length / 32));
    }
  });

  it('ends the sentence before it, and times never go back', async () => {
    const pieces = [
      await pcmOf('leisure.wav'),
      PAUSE,
      await reversed('amiable.m4a'),
      PAUSE,
      await pcmOf('amiable.m4a'),
    ];
    const results = await resultsOf(Buffer.concat(pieces), 6000);
    expect(results.map(unrecognized)).toEqual([false, true, false]);
    const times = results.flatMap(({ begin_time, end_time }) => [begin_time, end_time]);
    expect(times).toEqual(times.toSorted((a, b) => Number(a) - Number(b)));
  });

  it('is also found after speech that is recognised', async () => {
    const english = await pcmOf('leisure.wav');
    const other = await reversed('amiable.m4a');
    const results = await resultsOf(Buffer.concat([english, Buffer.alloc(64_000), other]));
    expect(results.map(unrecognized)).toEqual([false, true]);
  });

  it('is not looked for with a second model when the client names the language', async () => {
    const pcm = await reversed('leisure.wav');
    expect((await resultsOf(pcm)).map(unrecognized)).toEqual([true]);
    expect((await resultsOf(pcm, 800, 'en')).map(unrecognized)).toEqual([false]);
  });

  it('does not include silence and noise', async () => {
    expect(await resultsOf(noisy(Buffer.alloc(10 * 32_000), 0.05))).toEqual([]);
  });
});

it('recognises speech in loud noise', async () => {
  const results = await resultsOf(noisy(await pcmOf('cold-hearted.flac'), 0.06));
  const [first] = results.filter((result) => 'text' in result);
  expect(bare(first?.text ?? '')).toMatch(/to be rather cold hearted and rather selfish/);
});
