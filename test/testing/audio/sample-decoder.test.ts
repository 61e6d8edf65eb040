import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SampleDecoder, type SampleRun } from '../../../lib/testing/audio/sample-decoder.ts';
import { randomScript } from '../../../lib/testing/audio/random-script.ts';
import { renderAudio } from '../../../lib/testing/audio/self-describing-audio.ts';

const SCRIPT = randomScript(11, { durationMs: 8000 });
const ALL = 8000 * 16;
const WHOLE = renderAudio(SCRIPT, 0, ALL);

/** Decodes audio that arrives in these chunks, and joins runs that continue each other. */
function decode(chunks: readonly Buffer[]): SampleRun[] {
  const runs: SampleRun[] = [];
  const decoder = new SampleDecoder((run) => {
    const last = runs.at(-1);
    const next = last?.position === undefined ? undefined : last.position + last.samples;
    if (last && last.sentence === run.sentence && next === run.position) {
      runs[runs.length - 1] = { ...last, samples: last.samples + run.samples };
    } else runs.push(run);
  });
  for (const chunk of chunks) decoder.write(chunk);
  decoder.end();
  return runs;
}

/** The expected runs of a part of the script, in samples. */
function expectedRuns(start: number, end: number): SampleRun[] {
  const boundaries = SCRIPT.sentences.flatMap(({ begin_time, end_time }) => [begin_time * 16, end_time * 16]);
  const cuts = [start, ...new Set(boundaries.filter((at) => at > start && at < end)), end];
  return cuts.slice(1).map((to, index) => {
    const position = cuts[index] ?? 0;
    const containsPosition = ({ begin_time, end_time }: { begin_time: number; end_time: number }) =>
      position >= begin_time * 16 && position < end_time * 16;
    return { position, samples: to - position, sentence: SCRIPT.sentences.findIndex(containsPosition) + 1 };
  });
}

/** Cuts a buffer into chunks of these lengths, which are repeated. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = lengths[chunks.length % lengths.length] ?? 1;
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

const place = fc.integer({ min: 0, max: ALL });
const lengths = fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 5 });

describe('the sample decoder', () => {
  it('decodes every sample of the whole audio', () => {
    expect(decode([WHOLE])).toEqual(expectedRuns(0, ALL));
  });

  it('starts anywhere and accepts chunks of any size, even parts of a sample', () => {
    // Fewer than eight samples of a sentence do not identify it.
    const clear = (at: number) =>
      SCRIPT.sentences.every(({ begin_time, end_time }) =>
        [begin_time, end_time].every((ms) => Math.abs(at - ms * 16) >= 15),
      );
    fc.assert(
      fc.property(place.filter(clear), lengths, (start, sizes) => {
        fc.pre(ALL - start >= 15);
        expect(decode(cut(WHOLE.subarray(start * 2), sizes))).toEqual(expectedRuns(start, ALL));
      }),
      { numRuns: 60, examples: [[0, [1]]] },
    );
  });

  it.each([
    ['lost', 20_000, 20_100],
    ['repeated', 20_100, 20_000],
    ['lost by a single sample', 20_000, 20_001],
    ['repeated by a single sample', 20_001, 20_000],
    ['lost by whole blocks', 20_000, 20_800],
  ])('detects audio that was %s', (_, until, from) => {
    const decoded = decode([renderAudio(SCRIPT, 16_000, until), renderAudio(SCRIPT, from, 32_000)]);
    const joined = [...expectedRuns(16_000, until), ...expectedRuns(from, 32_000)];
    expect(decoded).toEqual(joined);
  });

  it('detects a sample in which any one bit was changed', () => {
    for (let bit = 0; bit < 16; bit += 1) {
      const damaged = Buffer.from(WHOLE);
      damaged.writeUInt16LE(damaged.readUInt16LE(40_000) ^ (1 << bit), 40_000);
      const unknown = decode([damaged]).filter(({ position }) => position === undefined);
      expect(unknown.length).toBeGreaterThan(0);
      expect(unknown.reduce((sum, { samples }) => sum + samples, 0)).toBeLessThan(32);
    }
  });

  it('reports no position for audio without a valid code', () => {
    const silence = Buffer.alloc(3200);
    const noise = Buffer.from(Array.from({ length: 3200 }, (_, index) => (index * 7919) % 251));
    for (const uncoded of [silence, noise]) {
      expect(decode([uncoded]).reduce((sum, { samples }) => sum + samples, 0)).toBe(1600);
      expect(decode([uncoded]).every(({ position }) => position === undefined)).toBe(true);
      const between = decode([renderAudio(SCRIPT, 0, 8000), uncoded, renderAudio(SCRIPT, 8000, 16_000)]);
      expect(between.filter(({ position }) => position !== undefined)).toEqual([
        ...expectedRuns(0, 8000),
        ...expectedRuns(8000, 16_000),
      ]);
    }
  });

  it('decodes the last seconds of the longest script, 36 hours', () => {
    const script = {
      durationMs: 36 * 3_600_000,
      sentences: [{ begin_time: 129_500_000, end_time: 129_600_000 }],
    };
    const start = 129_599_000 * 16;
    expect(decode([renderAudio(script, start, 129_600_000 * 16)])).toEqual([
      { position: start, samples: 16_000, sentence: 1 },
    ]);
  });

  it('decodes sentence numbers up to 65535', () => {
    for (const sentence of [1, 2, 15, 16, 255, 256, 4095, 4096, 65_535]) {
      const sentences = Array.from({ length: 65_535 }, (_, index) => ({
        begin_time: index,
        end_time: index + 1,
      }));
      const script = { durationMs: 70_000, sentences };
      const [first] = decode([renderAudio(script, (sentence - 1) * 16, sentence * 16)]);
      expect(first).toMatchObject({ sentence, samples: 16 });
    }
  });
});
