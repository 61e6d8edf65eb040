import type { Profile } from '../profiles/profile.ts';
import type { Border, Token } from './tokens.ts';
import type { Span } from './word-times.ts';

/** A token with the time in which it was spoken. */
export interface TimedToken extends Token, Span {}

/** Tokens that share a line. */
export type Line = readonly TimedToken[];

/** What a break costs. The numbers are our own: their order is what counts. */
const BORDER_COST: Readonly<Record<Border, number>> = {
  sentence: 0,
  clause: 10,
  comma: 20,
  joining: 40,
  word: 50,
  leaning: 80,
  inside: 300,
};

/** A pause makes a break there cheaper, and from `SEPARATING_PAUSE` on it makes one necessary. All in ms. */
const PAUSE_COSTS = [
  { pause: 500, cost: 15 },
  { pause: 250, cost: 30 },
] as const;
const SEPARATING_PAUSE = 1500;

/** Each cue costs something: what fits into one is not parted. */
const CUE_COST = 40;
/** Of a cue that is nearly empty, and of one word or a few width units left over. */
const SLACK_COST = 30;
const LEFTOVER_COST = 60;
const LEFTOVER_WIDTH = 4;
const OVERLONG_COST = 150;
/** Of two lines of unequal length. */
const IMBALANCE_COST = 40;
/** How much the best break between two lines weighs beside the breaks between cues. */
const FOLD_WEIGHT = 0.25;

interface Folded {
  readonly lines: readonly Line[];
  readonly cost: number;
}

interface Best {
  readonly cost: number;
  /** Where the last cue begins. */
  readonly from: number;
  readonly lines: readonly Line[];
}

/**
 * Splits the tokens of a sentence into cues of one or two lines, at the breaks that cost least altogether.
 * Every line keeps to the width of the profile.
 */
export function layOut(tokens: readonly TimedToken[], profile: Profile): (readonly Line[])[] {
  const best: Best[] = [{ cost: 0, from: 0, lines: [] }];
  for (let to = 1; to <= tokens.length; to += 1) best.push(bestEnding(to, tokens, best, profile));

  const cues: (readonly Line[])[] = [];
  for (let to = tokens.length; to > 0; ) {
    const { from, lines } = best[to] ?? { from: 0, lines: [] };
    cues.unshift(lines);
    to = from;
  }
  return cues;
}

/** The cheapest way to lay out the tokens before `to`, given the cheapest for all shorter beginnings. */
function bestEnding(
  to: number,
  tokens: readonly TimedToken[],
  best: readonly Best[],
  profile: Profile,
): Best {
  let cheapest: Best | undefined;
  for (let from = to - 1; from >= 0; from -= 1) {
    const cue = tokens.slice(from, to);
    if (pauseBetween(cue[0], cue[1]) >= SEPARATING_PAUSE) break;
    const folded = fold(cue, profile);
    // A longer cue that ends here does not fit either. A single token always does.
    if (!folded) break;
    const isOnly = from === 0 && to === tokens.length;
    const cost =
      (best[from]?.cost ?? 0) +
      CUE_COST +
      (from === 0 ? 0 : cueBreakCost(tokens[from - 1], tokens[from])) +
      folded.cost * FOLD_WEIGHT +
      (isOnly ? 0 : shapeCost(cue, profile)) +
      (durationOf(cue) > profile.greatestDuration ? OVERLONG_COST : 0);
    if (!cheapest || cost < cheapest.cost) cheapest = { cost, from, lines: folded.lines };
  }
  return cheapest ?? { cost: 0, from: to - 1, lines: [tokens.slice(to - 1, to)] };
}

/** Breaks a cue into lines; undefined when it has too much text for them. */
function fold(cue: Line, { maxLineWidth, maxLineCount }: Profile): Folded | undefined {
  const width = lineWidthOf(cue);
  if (width <= maxLineWidth) return { lines: [cue], cost: 0 };
  if (maxLineCount === 1 || width > maxLineWidth * 2 + 1) return undefined;

  let cheapest: { at: number; cost: number } | undefined;
  let first = 0;
  for (let at = 1; at < cue.length; at += 1) {
    first += spaceBefore(cue, at - 1) + (cue[at - 1]?.width ?? 0);
    const second = width - first - spaceBefore(cue, at);
    if (first > maxLineWidth || second > maxLineWidth) continue;
    const cost =
      BORDER_COST[cue[at]?.border ?? 'word'] +
      (IMBALANCE_COST * Math.abs(first - second)) / maxLineWidth +
      (second < first / 3 ? IMBALANCE_COST : 0);
    if (!cheapest || cost < cheapest.cost) cheapest = { at, cost };
  }
  return cheapest && { lines: [cue.slice(0, cheapest.at), cue.slice(cheapest.at)], cost: cheapest.cost };
}

function cueBreakCost(left: TimedToken | undefined, right: TimedToken | undefined): number {
  const cost = BORDER_COST[right?.border ?? 'word'];
  const pause = pauseBetween(left, right);
  const paused = PAUSE_COSTS.find((step) => pause >= step.pause);
  return Math.min(cost, paused?.cost ?? cost);
}

/** Cues of even fullness read better than full ones and a leftover. */
function shapeCost(cue: Line, { maxLineWidth, maxLineCount }: Profile): number {
  const width = lineWidthOf(cue);
  const slack = 1 - width / (maxLineWidth * maxLineCount);
  return SLACK_COST * slack ** 2 + (width < LEFTOVER_WIDTH || cue.length === 1 ? LEFTOVER_COST : 0);
}

function lineWidthOf(line: Line): number {
  return line.reduce((total, token, index) => total + token.width + spaceBefore(line, index), 0);
}

/** Width of the space before a token, which the first of a line has not. */
function spaceBefore(line: Line, index: number): number {
  return line[index]?.spaced && index > 0 ? 1 : 0;
}

function pauseBetween(left: TimedToken | undefined, right: TimedToken | undefined): number {
  return left && right ? right.begin - left.end : 0;
}

function durationOf(cue: Line): number {
  return (cue.at(-1)?.end ?? 0) - (cue[0]?.begin ?? 0);
}
