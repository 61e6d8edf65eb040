import type { Profile } from '../profiles/profile.ts';

/** What the end of a cue depends on. Times are integer ms. */
export interface Spoken {
  readonly start: number;
  /** When its last word ends. */
  readonly speechEnd: number;
  /** Width of its text, in half-width units. */
  readonly width: number;
  /** When the next cue starts; Infinity after the last one. */
  readonly nextStart: number;
}

/**
 * When a cue leaves the screen: when it was spoken and can be read, but at most `maxExtensionMs` after its last word, except
 * for the minimum duration; never into the gap before the next cue. A short pause before the next cue is closed, because a
 * screen that is empty for a moment flickers.
 */
export function cueEnd({ start, speechEnd, width, nextStart }: Spoken, profile: Profile): number {
  const longest = start + profile.maxCueDurationMs;
  // When two cues follow each other faster than the gap allows, the gap is dropped.
  const gapMs = nextStart - start > profile.minGapMs ? profile.minGapMs : 0;
  const latest = Math.min(nextStart - gapMs, longest);
  const readingEnd = Math.min(start + readingMs(width, profile), speechEnd + profile.maxExtensionMs);
  const end = Math.min(Math.max(speechEnd, readingEnd, start + profile.minCueDurationMs), latest);
  const pauseMs = nextStart - end;
  const isClosed = pauseMs <= profile.maxExtensionMs && profile.minOpenGapMs < Infinity;
  return Math.max(isClosed ? latest : end, start + 1);
}

/** How long a viewer with the usual reading speed needs for a text. */
export function readingMs(width: number, { readingSpeed }: Profile): number {
  return Math.ceil((width * 1000) / readingSpeed);
}
