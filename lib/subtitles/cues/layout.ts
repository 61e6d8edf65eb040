import type { TimeSpan } from '../../core/errors.ts';
import type { Profile } from '../profiles/profile.ts';
import type { BreakClass } from './line-breaks.ts';
import type { Token } from './tokens.ts';

/** A token with the time when it was spoken. */
export interface TimedToken extends Token, TimeSpan {}

/** The tokens of one line. */
export type Line = readonly TimedToken[];

/** Cost of a break before a token. Only the order of the numbers matters. */
const BREAK_COST: Readonly<Record<BreakClass, number>> = {
  sentence: 0,
  clause: 10,
  comma: 20,
  conjunction: 40,
  word: 50,
  keepTogether: 80,
  insideWord: 300,
};

/** Maximum cost of a break at a pause, by the minimum duration of the pause in ms. */
const PAUSE_COSTS = [
  { pauseMs: 500, cost: 15 },
  { pauseMs: 250, cost: 30 },
] as const;
/** A pause of this length always separates two cues. */
const SEPARATING_PAUSE_MS = 1500;

/** Cost of each cue, so that text that fits into one cue is not split. */
const CUE_COST = 40;
/** Costs of a cue that is nearly empty, and of a cue with a single word or a few width units. */
const SLACK_COST = 30;
const LEFTOVER_COST = 60;
const LEFTOVER_WIDTH = 4;
const OVERLONG_COST = 150;
/** Cost of two lines of unequal length. */
const IMBALANCE_COST = 40;
/** Weight of a break between two lines, compared with a break between cues. */
const LINE_BREAK_WEIGHT = 0.25;

interface BrokenLines {
  readonly lines: readonly Line[];
  readonly cost: number;
}

interface Best {
  readonly cost: number;
  /** Index of the first token of the last cue. */
  readonly from: number;
  readonly lines: readonly Line[];
}

/**
 * Splits the tokens of a sentence into cues of one or two lines, at the breaks with the lowest total cost. No line is
 * wider than the profile allows.
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

/** The cheapest layout of the tokens before `to`, from the cheapest layouts of all shorter prefixes. */
function bestEnding(
  to: number,
  tokens: readonly TimedToken[],
  best: readonly Best[],
  profile: Profile,
): Best {
  let cheapest: Best | undefined;
  for (let from = to - 1; from >= 0; from -= 1) {
    const cue = tokens.slice(from, to);
    if (pauseBetween(cue[0], cue[1]) >= SEPARATING_PAUSE_MS) break;
    const broken = breakIntoLines(cue, profile);
    // A longer cue that ends here does not fit either. A single token always fits.
    if (!broken) break;
    const isOnly = from === 0 && to === tokens.length;
    const cost =
      (best[from]?.cost ?? 0) +
      CUE_COST +
      (from === 0 ? 0 : cueBreakCost(tokens[from - 1], tokens[from])) +
      broken.cost * LINE_BREAK_WEIGHT +
      (isOnly ? 0 : fullnessCost(cue, profile)) +
      (durationOf(cue) > profile.maxCueDurationMs ? OVERLONG_COST : 0);
    if (!cheapest || cost < cheapest.cost) cheapest = { cost, from, lines: broken.lines };
  }
  return cheapest ?? { cost: 0, from: to - 1, lines: [tokens.slice(to - 1, to)] };
}

/** Breaks a cue into lines; undefined when its text does not fit. */
function breakIntoLines(cue: Line, { maxLineWidth, maxLineCount }: Profile): BrokenLines | undefined {
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
      BREAK_COST[cue[at]?.breakBefore ?? 'word'] +
      (IMBALANCE_COST * Math.abs(first - second)) / maxLineWidth +
      (second < first / 3 ? IMBALANCE_COST : 0);
    if (!cheapest || cost < cheapest.cost) cheapest = { at, cost };
  }
  return cheapest && { lines: [cue.slice(0, cheapest.at), cue.slice(cheapest.at)], cost: cheapest.cost };
}

function cueBreakCost(left: TimedToken | undefined, right: TimedToken | undefined): number {
  const cost = BREAK_COST[right?.breakBefore ?? 'word'];
  const actualMs = pauseBetween(left, right);
  const atPause = PAUSE_COSTS.find(({ pauseMs }) => actualMs >= pauseMs);
  return Math.min(cost, atPause?.cost ?? cost);
}

/** Prefers cues of similar width to full cues and a short rest. */
function fullnessCost(cue: Line, { maxLineWidth, maxLineCount }: Profile): number {
  const width = lineWidthOf(cue);
  const slack = 1 - width / (maxLineWidth * maxLineCount);
  return SLACK_COST * slack ** 2 + (width < LEFTOVER_WIDTH || cue.length === 1 ? LEFTOVER_COST : 0);
}

function lineWidthOf(line: Line): number {
  return line.reduce((total, token, index) => total + token.width + spaceBefore(line, index), 0);
}

/** Width of the space before a token; 0 for the first token of a line. */
function spaceBefore(line: Line, index: number): number {
  return line[index]?.hasSpaceBefore && index > 0 ? 1 : 0;
}

function pauseBetween(left: TimedToken | undefined, right: TimedToken | undefined): number {
  return left && right ? right.beginMs - left.endMs : 0;
}

function durationOf(cue: Line): number {
  return (cue.at(-1)?.endMs ?? 0) - (cue[0]?.beginMs ?? 0);
}
