import type { Profile } from '../profiles/profile.ts';
import { cueEnd, readingMs } from './cue-end.ts';

/*
 * The costs of a layout. A violation of a hard limit costs more than a flaw that an editor would correct, and that more than
 * all that is only taste. Within each, only the order of the numbers matters.
 */

/** A hard limit is violated. How far is added, as a share of the limit. */
const HARD = 4000;
/** An editor would correct it. */
const FLAW = 1000;

/** Cost of a border at the end of a cue, by its class. */
const BORDER_COST: readonly number[] = [0, 10, 20, 40, 45, 50, 85, FLAW, 1.2 * FLAW, HARD + FLAW];

/** Largest cost of a border at a pause, by the least length of the pause in ms. */
const LONG_PAUSE = { pauseMs: 500, cost: 15 };
const PAUSE = { pauseMs: 250, cost: 30 };

/** A longer pause separates two sentences, in ms. */
export const SENTENCE_PAUSE_MS = 500;

/** Cost of each cue, so that text that fits into one cue is not split. */
const CUE = 40;
/** Cost of the room that a cue leaves empty. */
const SLACK = 30;
/** Two sentences share a cue without need; and over a pause. */
export const SHARED = 400;
export const SHARED_OVER_PAUSE: number = 1.5 * FLAW;
/** A cue ends inside the sentence after the one that it begins with. */
const ENDS_INSIDE_NEXT = 300;
/** Narrower cues are left-over pieces, in half-width units. */
const LEFTOVER_WIDTH = 4;

/** A cue of a single word that fills half a line. */
const SINGLE_WORD = 60;

/** Cost of two lines of unequal length, and weight of a break between lines compared with one between cues. */
const IMBALANCE = 40;
const LINE_WEIGHT = 0.25;

/** Cost of the border at the end of a cue. @param pauseMs The pause there. */
export function borderCost(border: number, pauseMs: number): number {
  const cost = BORDER_COST[border] ?? 0;
  if (cost >= FLAW) return cost;
  if (pauseMs >= LONG_PAUSE.pauseMs) return Math.min(cost, LONG_PAUSE.cost);
  return pauseMs >= PAUSE.pauseMs ? Math.min(cost, PAUSE.cost) : cost;
}

/** Cost of a break into two lines. @param first Width of the first one. @param second Of the second one. */
export function lineCost(border: number, first: number, second: number, maxLineWidth: number): number {
  const cost = BORDER_COST[border] ?? 0;
  const isUneven = Math.min(first, second) * 3 < Math.max(first, second);
  const taste =
    LINE_WEIGHT * ((cost < FLAW ? cost : 0) + (IMBALANCE * Math.abs(first - second)) / maxLineWidth);
  return taste + (cost < FLAW ? 0 : cost) + (isUneven ? FLAW : 0);
}

/** What the cost of a cue depends on, besides its borders and lines. */
export interface Candidate {
  readonly start: number;
  readonly speechEnd: number;
  readonly width: number;
  readonly nextStart: number;
  /** Number of tokens. */
  readonly count: number;
  /** Whether it is all of one or several sentences. */
  readonly isWhole: boolean;
  /** Cost of the borders of sentences inside. */
  readonly shared: number;
  readonly endsSentence: boolean;
}

/** Cost of a cue: of its duration, its reading speed, the gap after it, and its size. */
export function cueCost(cue: Candidate, profile: Profile): number {
  const { start, width, nextStart, speechEnd } = cue;
  const end = cueEnd(cue, profile);
  const durationMs = end - start;
  let cost = CUE + cue.shared;
  if (durationMs < profile.minCueDurationMs) cost += HARD * (2 - durationMs / profile.minCueDurationMs);
  const neededMs = readingMs(width, profile);
  if (durationMs < neededMs) cost += HARD + FLAW * Math.min(2, neededMs / durationMs - 1);
  const spokenMs = speechEnd - start;
  if (spokenMs > profile.maxCueDurationMs) cost += HARD * (spokenMs / profile.maxCueDurationMs);
  const gapMs = nextStart - end;
  if (gapMs < profile.minGapMs) cost += HARD;
  if (gapMs >= profile.minOpenGapMs && gapMs <= profile.maxExtensionMs) cost += FLAW;
  if (cue.shared > 0 && !cue.endsSentence) cost += ENDS_INSIDE_NEXT;
  if (!cue.isWhole) {
    const isWord = cue.count === 1;
    if (width < LEFTOVER_WIDTH || (isWord && width * 2 < profile.maxLineWidth)) cost += FLAW;
    else if (isWord) cost += SINGLE_WORD;
    const slack = 1 - width / (profile.maxLineWidth * profile.maxLineCount);
    cost += SLACK * slack * slack;
  }
  return cost;
}
