import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hearing, type Stretch } from '../../../lib/testing/audio/sample-decoder.ts';
import { randomScript } from '../../../lib/testing/audio/random-script.ts';
import { renderAudio } from '../../../lib/testing/audio/self-describing-audio.ts';

const SCRIPT = randomScript(11, { durationMs: 8000 });
const ALL = 8000 * 16;
const WHOLE = renderAudio(SCRIPT, 0, ALL);

/** What is heard in audio that comes in these pieces; stretches that go on are joined. */
function hear(...pieces: readonly Buffer[]): Stretch[] {
  const heard: Stretch[] = [];
  const hearing = new Hearing((stretch) => {
    const last = heard.at(-1);
    const goesOn = last?.position === undefined ? undefined : last.position + last.samples;
    if (last && last.sentence === stretch.sentence && goesOn === stretch.position) {
      heard[heard.length - 1] = { ...last, samples: last.samples + stretch.samples };
    } else heard.push(stretch);
  });
  for (const piece of pieces) hearing.feed(piece);
  hearing.end();
  return heard;
}

/** The truth about a part of the script, in samples. */
function truth(start: number, end: number): Stretch[] {
  const borders = SCRIPT.sentences.flatMap(({ begin_time, end_time }) => [begin_time * 16, end_time * 16]);
  const cuts = [start, ...new Set(borders.filter((at) => at > start && at < end)), end];
  return cuts.slice(1).map((to, index) => {
    const position = cuts[index] ?? 0;
    const spoken = ({ begin_time, end_time }: { begin_time: number; end_time: number }) =>
      position >= begin_time * 16 && position < end_time * 16;
    return { position, samples: to - position, sentence: SCRIPT.sentences.findIndex(spoken) + 1 };
  });
}

/** Cuts a buffer into pieces of these lengths, again and again. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = lengths[pieces.length % lengths.length] ?? 1;
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

const place = fc.integer({ min: 0, max: ALL });
const lengths = fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 5 });

describe('hearing', () => {
  it('knows every sample of the whole audio', () => {
    expect(hear(WHOLE)).toEqual(truth(0, ALL));
  });

  it('begins anywhere and knows it however it is cut, even within samples', () => {
    // Runs of fewer than eight samples of a sentence do not tell which one.
    const clear = (at: number) =>
      SCRIPT.sentences.every(({ begin_time, end_time }) =>
        [begin_time, end_time].every((border) => Math.abs(at - border * 16) >= 15),
      );
    fc.assert(
      fc.property(place.filter(clear), lengths, (start, pieces) => {
        fc.pre(ALL - start >= 15);
        expect(hear(...cut(WHOLE.subarray(start * 2), pieces))).toEqual(truth(start, ALL));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['lost', 20_000, 20_100],
    ['repeated', 20_100, 20_000],
    ['lost by a single sample', 20_000, 20_001],
    ['repeated by a single sample', 20_001, 20_000],
    ['lost by whole blocks', 20_000, 20_800],
  ])('shows where audio was %s', (_, until, from) => {
    const heard = hear(renderAudio(SCRIPT, 16_000, until), renderAudio(SCRIPT, from, 32_000));
    const joined = [...truth(16_000, until), ...truth(from, 32_000)];
    expect(heard).toEqual(joined);
  });

  it('shows a sample that was changed, whichever bit it is', () => {
    for (let bit = 0; bit < 16; bit += 1) {
      const damaged = Buffer.from(WHOLE);
      damaged.writeUInt16LE(damaged.readUInt16LE(40_000) ^ (1 << bit), 40_000);
      const unknown = hear(damaged).filter(({ position }) => position === undefined);
      expect(unknown.length).toBeGreaterThan(0);
      expect(unknown.reduce((sum, { samples }) => sum + samples, 0)).toBeLessThan(32);
    }
  });

  it('takes what says nothing of itself for nothing', () => {
    const silence = Buffer.alloc(3200);
    const noise = Buffer.from(Array.from({ length: 3200 }, (_, index) => (index * 7919) % 251));
    for (const strange of [silence, noise]) {
      expect(hear(strange).reduce((sum, { samples }) => sum + samples, 0)).toBe(1600);
      expect(hear(strange).every(({ position }) => position === undefined)).toBe(true);
      const between = hear(renderAudio(SCRIPT, 0, 8000), strange, renderAudio(SCRIPT, 8000, 16_000));
      expect(between.filter(({ position }) => position !== undefined)).toEqual([
        ...truth(0, 8000),
        ...truth(8000, 16_000),
      ]);
    }
  });

  it('knows the last hour of a day and a half', () => {
    const script = {
      durationMs: 36 * 3_600_000,
      sentences: [{ begin_time: 129_500_000, end_time: 129_600_000 }],
    };
    const start = 129_599_000 * 16;
    expect(hear(renderAudio(script, start, 129_600_000 * 16))).toEqual([
      { position: start, samples: 16_000, sentence: 1 },
    ]);
  });

  it('knows all numbers of sentences', () => {
    for (const sentence of [1, 2, 15, 16, 255, 256, 4095, 4096, 65_535]) {
      const sentences = Array.from({ length: 65_535 }, (_, index) => ({
        begin_time: index,
        end_time: index + 1,
      }));
      const script = { durationMs: 70_000, sentences };
      const [first] = hear(renderAudio(script, (sentence - 1) * 16, sentence * 16));
      expect(first).toMatchObject({ sentence, samples: 16 });
    }
  });
});
