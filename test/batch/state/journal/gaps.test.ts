import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NO_COVERAGE,
  type OpenGap,
  type Part,
  RecordingGaps,
  restOf,
} from '../../../../lib/batch/state/journal/gaps.ts';
import { finalSentence } from '../../../subtitles/cues/final-sentence.ts';

const gap = (beginMs: number, endMs: number, retries = 0): OpenGap => ({ beginMs, endMs, retries });

describe('the parts of a recording that are still to be recognised', () => {
  it('is all of it at first, and the part after the last sentence later', () => {
    expect(new RecordingGaps(NO_COVERAGE, 0).parts).toEqual([{ fromMs: 0 }]);
    expect(new RecordingGaps(NO_COVERAGE, 2500).parts).toEqual([{ fromMs: 2500 }]);
  });

  it('is each gap, and the part after all sentences and gaps', () => {
    const { parts, endMs } = new RecordingGaps(
      { gaps: [gap(100, 200), gap(900, 1000)], lengthMs: null },
      800,
    );
    expect(parts).toEqual([
      { fromMs: 100, untilMs: 200, gap: gap(100, 200) },
      { fromMs: 900, untilMs: 1000, gap: gap(900, 1000) },
      { fromMs: 1000 },
    ]);
    expect(endMs).toBe(1000);
  });

  it('is only the gaps when the recording was recognised to its end', () => {
    const recordingGaps = new RecordingGaps({ gaps: [gap(100, 200)], lengthMs: 5000 }, 800);
    expect(recordingGaps.parts.map(({ fromMs }) => fromMs)).toEqual([100]);
    expect(recordingGaps.endMs).toBe(5000);
  });

  it('include no gap that three runs have sent again', () => {
    const { parts } = new RecordingGaps({ gaps: [gap(100, 200, 2), gap(300, 400, 3)], lengthMs: 500 }, 500);
    expect(parts).toEqual([{ fromMs: 100, untilMs: 200, gap: gap(100, 200, 2) }]);
  });
});

describe('a gap that is sent again', () => {
  const begin = () => {
    const recordingGaps = new RecordingGaps({ gaps: [gap(1000, 3000)], lengthMs: 5000 }, 5000);
    return { recordingGaps, part: recordingGaps.parts[0] as Part };
  };

  it('is closed when its end is reached', () => {
    const { recordingGaps, part } = begin();
    recordingGaps.complete(part, 3000);
    expect(recordingGaps.coverage).toEqual({ gaps: [], lengthMs: 5000 });
  });

  it('keeps the part that fails again, with one more retry, and the part after it', () => {
    const { recordingGaps, part } = begin();
    recordingGaps.giveUp(part, { beginMs: 1500, endMs: 2000 });
    expect(recordingGaps.coverage.gaps).toEqual([gap(1500, 2000, 1), gap(2000, 3000)]);
    recordingGaps.complete(part, 3000);
    expect(recordingGaps.coverage.gaps).toEqual([gap(1500, 2000, 1)]);
  });

  it('keeps all of it when all of it fails again', () => {
    const { recordingGaps, part } = begin();
    recordingGaps.giveUp(part, { beginMs: 1000, endMs: 3000 });
    recordingGaps.complete(part, 3000);
    expect(recordingGaps.coverage.gaps).toEqual([gap(1000, 3000, 1)]);
  });
});

it('joins gaps that touch', () => {
  const recordingGaps = new RecordingGaps(NO_COVERAGE, 0);
  for (const [beginMs, endMs] of [
    [0, 100],
    [100, 200],
    [300, 400],
  ] as const)
    recordingGaps.giveUp({ fromMs: 0 }, { beginMs, endMs });
  recordingGaps.complete({ fromMs: 0 }, 400);
  expect(recordingGaps.coverage).toEqual({ gaps: [gap(0, 200), gap(300, 400)], lengthMs: 400 });
});

it('the rest of a gap begins after the last sentence whose middle is in it', () => {
  const open = gap(1000, 3000);
  expect(restOf(open, [])).toEqual([open]);
  expect(restOf(open, [finalSentence('before', 0, 1000), finalSentence('after', 2999, 4000)])).toEqual([
    open,
  ]);
  expect(restOf(open, [finalSentence('in it', 1000, 2000)])).toEqual([gap(2000, 3000)]);
  expect(restOf(open, [finalSentence('to its end, and a little more', 2000, 3010)])).toEqual([]);
});

it('every millisecond is recognised or in exactly one gap, for any gaps', () => {
  const LENGTH = 40;
  const cuts = fc.uniqueArray(fc.nat(LENGTH), { minLength: 2, maxLength: 12, size: 'max' });
  fc.assert(
    fc.property(fc.array(cuts, { minLength: 1, maxLength: 5 }), (runs) => {
      let coverage = NO_COVERAGE;
      const open = new Set(Array.from({ length: LENGTH }, (_, ms) => ms));
      for (const run of runs) {
        const recordingGaps = new RecordingGaps(coverage, 0);
        const sorted = run.toSorted((one, other) => one - other);
        for (const part of recordingGaps.parts) {
          const { fromMs, untilMs = LENGTH } = part;
          const lost = new Set<number>();
          for (let index = 0; index + 1 < sorted.length; index += 2) {
            const beginMs = Math.max(fromMs, Number(sorted[index]));
            const endMs = Math.min(untilMs, Number(sorted[index + 1]));
            if (beginMs >= endMs) continue;
            recordingGaps.giveUp(part, { beginMs, endMs });
            for (let ms = beginMs; ms < endMs; ms += 1) lost.add(ms);
          }
          recordingGaps.complete(part, LENGTH);
          for (let ms = fromMs; ms < untilMs; ms += 1) if (!lost.has(ms)) open.delete(ms);
        }
        coverage = recordingGaps.coverage;
        const inGaps = coverage.gaps.flatMap(({ beginMs, endMs }) =>
          Array.from({ length: endMs - beginMs }, (_, index) => beginMs + index),
        );
        expect(inGaps).toEqual([...open].toSorted((one, other) => one - other));
      }
    }),
  );
});
