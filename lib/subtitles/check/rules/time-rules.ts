import type { CueView, Scene } from './cue-view.ts';
import type { Rule, Violation } from './rule.ts';

/** The rules about times. */
export const TIME_RULES: readonly Rule[] = [
  { id: 'order', severity: 'error', check: order },
  { id: 'overlap', severity: 'error', check: overlap },
  { id: 'zero-duration', severity: 'error', check: zeroDuration },
  { id: 'cps', severity: 'warning', check: readingSpeed },
  { id: 'min-duration', severity: 'warning', check: minDuration },
  { id: 'max-duration', severity: 'warning', check: maxDuration },
  { id: 'min-gap', severity: 'warning', check: minGap },
  { id: 'open-gap', severity: 'warning', check: openGap },
];

function order({ cue, previous }: Scene): Violation[] {
  if (!previous || cue.startMs >= previous.startMs) return [];
  return found(cue.startMs, previous.startMs, 'begins before the cue in front of it');
}

function overlap({ cue, next }: Scene): Violation[] {
  const gap = gapMs(cue, next);
  if (gap === undefined || gap >= 0) return [];
  return found(cue.endMs, cue.endMs + gap, `ends ${-gap} ms after the start of the next cue`);
}

function zeroDuration({ cue: { durationMs } }: Scene): Violation[] {
  if (durationMs > 0) return [];
  return found(durationMs, 1, durationMs === 0 ? 'ends at its start' : 'ends before its start');
}

function readingSpeed({ cue, profile }: Scene): Violation[] {
  const { unitsPerCharacter } = profile;
  const width = cue.widths.reduce((total, one) => total + one, 0);
  if (cue.durationMs <= 0 || width * 1000 <= profile.readingSpeed * cue.durationMs) return [];
  // Rounded up, so that the value shown is above the limit.
  const cps = Math.ceil((width / unitsPerCharacter / cue.durationMs) * 100_000) / 100;
  const limit = profile.readingSpeed / unitsPerCharacter;
  return found(cps, limit, `${cps} characters per second, limit ${limit}`);
}

function minDuration({ cue: { durationMs }, profile: { minCueDurationMs: limit } }: Scene): Violation[] {
  if (durationMs <= 0 || durationMs >= limit) return [];
  return found(durationMs, limit, `stays ${durationMs} ms, must be at least ${limit} ms`);
}

function maxDuration({ cue: { durationMs }, profile: { maxCueDurationMs: limit } }: Scene): Violation[] {
  if (durationMs <= limit) return [];
  return found(durationMs, limit, `stays ${durationMs} ms, limit ${limit} ms`);
}

function minGap({ cue, next, profile: { minGapMs: limit } }: Scene): Violation[] {
  const gap = gapMs(cue, next);
  if (gap === undefined || gap < 0 || gap >= limit) return [];
  return found(gap, limit, `${gap} ms before the next cue, must be at least ${limit} ms`);
}

function openGap({ cue, next, profile }: Scene): Violation[] {
  const gap = gapMs(cue, next);
  const { minOpenGapMs: limit, maxExtensionMs, minGapMs } = profile;
  if (gap === undefined || gap < limit || gap > maxExtensionMs) return [];
  return found(
    gap,
    limit,
    `a gap of ${gap} ms before the next cue, which flickers; close it to ${minGapMs} ms`,
  );
}

/** The time between two cues, negative when they overlap; undefined when their order is wrong. */
function gapMs(cue: CueView, next: CueView | undefined): number | undefined {
  return next && next.startMs >= cue.startMs ? next.startMs - Math.max(cue.endMs, cue.startMs) : undefined;
}

function found(value: number, limit: number, message: string): Violation[] {
  return [{ value, limit, message }];
}
