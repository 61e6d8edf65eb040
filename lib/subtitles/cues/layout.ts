import type { Profile } from '../profiles/profile.ts';
import { borderCost, cueCost, lineCost, SENTENCE_PAUSE_MS, SHARED, SHARED_OVER_PAUSE } from './cue-cost.ts';
import { BORDER } from '../words/borders.ts';
import { SEPARATING_PAUSE_MS, type TimedToken } from '../words/timed-tokens.ts';

/** Where a cue is in a list of tokens. */
export interface CueRange {
  /** Its first token. */
  readonly from: number;
  /** The token after its last one. */
  readonly to: number;
  /** First token of its second line; `to` when it has only one. */
  readonly lineAt: number;
}

/**
 * What stands before the first line of a speaker where the speaker changes: a name, a dash. Cues beside those of another speaker
 * leave room for it.
 */
export interface Label {
  /** In half-width units. */
  readonly width: number;
  /** Cues that begin before this time leave room. */
  readonly before: number;
  /** Another speaker begins at this time: the last cue before it and all cues after it leave room. Infinity when none follows. */
  readonly after: number;
}

/** A line keeps at least this width beside a long name. */
const MIN_LINE_WIDTH = 10;

/** The width of a line with a label before it, without the label. */
export function widthBesideLabel(maxLineWidth: number, labelWidth: number): number {
  return Math.max(MIN_LINE_WIDTH, maxLineWidth - labelWidth);
}

/**
 * Splits tokens, of one or more sentences of one speaker, into cues of one or two lines, so that the total cost is least. When
 * a cue is considered, the start of the next one is known: so its duration and reading speed are too. No line is wider than the
 * profile allows, unless a single token is.
 * @param nextStart When the next text of any speaker begins; Infinity when none follows.
 * @param label Is before some lines. @default nothing is
 */
export function layOut(
  tokens: readonly TimedToken[],
  profile: Profile,
  nextStart: number = Infinity,
  label?: Label,
): CueRange[] {
  return new Layout(tokens, profile, nextStart, label).cues();
}

class Layout {
  readonly #tokens: readonly TimedToken[];
  readonly #profile: Profile;
  readonly #nextStart: number;
  readonly #label: Label | undefined;
  /** Width of the text before each token, with spaces. */
  readonly #widths: number[] = [0];
  /** When the words before each token end. */
  readonly #ends: number[] = [0];
  /** Cost of sharing a cue over the borders of sentences before each token, added up. */
  readonly #shared: number[] = [0];

  constructor(tokens: readonly TimedToken[], profile: Profile, nextStart: number, label: Label | undefined) {
    this.#tokens = tokens;
    this.#profile = profile;
    this.#nextStart = nextStart;
    this.#label = label;
    let width = 0;
    let end = 0;
    for (const token of tokens) {
      width += token.width + (token.hasSpaceBefore ? 1 : 0);
      end = Math.max(end, token.endMs);
      this.#widths.push(width);
      this.#ends.push(end);
    }
    this.#addSharedCosts();
  }

  cues(): CueRange[] {
    const costs = [0];
    const best: CueRange[] = [];
    for (let to = 1; to <= this.#tokens.length; to += 1) {
      let least = Infinity;
      let cheapest: CueRange = { from: to - 1, to, lineAt: to };
      for (let from = to - 1; from >= 0; from -= 1) {
        if (from < to - 1 && this.#pauseBefore(from + 1) >= SEPARATING_PAUSE_MS) break;
        // A longer cue that ends here does not fit either.
        if (!this.#mayFit(from, to)) break;
        const cost = (costs[from] ?? 0) + this.#costOf(from, to);
        // A line break has no negative cost: it is not looked for in vain.
        if (cost >= least) continue;
        const line = this.#breakLine(from, to);
        if (!line) break;
        if (cost + line.cost < least) {
          least = cost + line.cost;
          cheapest = { from, to, lineAt: line.at };
        }
      }
      costs.push(least);
      best.push(cheapest);
    }
    const cues: CueRange[] = [];
    for (let to = this.#tokens.length; to > 0; ) {
      const cue = best[to - 1] ?? { from: 0, to, lineAt: to };
      cues.push(cue);
      to = cue.from;
    }
    return cues.toReversed();
  }

  #costOf(from: number, to: number): number {
    const isLast = to === this.#tokens.length;
    const border = isLast ? 0 : (this.#tokens[to]?.border ?? 0);
    const beginsSentence = from === 0 || this.#tokens[from]?.border === BORDER.sentence;
    const endsSentence = isLast || border === BORDER.sentence;
    const cue = {
      start: this.#startOf(from),
      speechEnd: this.#ends[to] ?? 0,
      width: this.#width(from, to),
      nextStart: this.#startOf(to),
      count: to - from,
      isWhole: beginsSentence && endsSentence,
      shared: (this.#shared[to - 1] ?? 0) - (this.#shared[from] ?? 0),
      endsSentence,
    };
    return cueCost(cue, this.#profile) + (isLast ? 0 : borderCost(border, this.#pauseBefore(to)));
  }

  #isOneLine(from: number, to: number): boolean {
    if (to - from === 1) return true;
    return (
      this.#width(from, to) <= this.#maxLineWidth(from, to) && to - from <= this.#profile.maxWordsPerLine
    );
  }

  /** Whether a text is short enough for the lines of a cue, if a good place to break it exists. */
  #mayFit(from: number, to: number): boolean {
    if (this.#isOneLine(from, to)) return true;
    const { maxLineCount, maxWordsPerLine } = this.#profile;
    const isShort = this.#width(from, to) <= this.#maxLineWidth(from, to) * 2 + 1;
    return maxLineCount > 1 && isShort && to - from <= maxWordsPerLine * 2;
  }

  /** Breaks a text that may fit into one or two lines; undefined when no place to break it exists. */
  #breakLine(from: number, to: number): { readonly at: number; readonly cost: number } | undefined {
    if (this.#isOneLine(from, to)) return { at: to, cost: 0 };
    const { maxWordsPerLine } = this.#profile;
    const maxLineWidth = this.#maxLineWidth(from, to);
    let at = 0;
    let least = Infinity;
    for (let index = to - 1; index > from; index -= 1) {
      const second = this.#width(index, to);
      if (second > maxLineWidth || to - index > maxWordsPerLine) break;
      const first = this.#width(from, index);
      if (first > maxLineWidth || index - from > maxWordsPerLine) continue;
      const cost = lineCost(this.#tokens[index]?.border ?? 0, first, second, maxLineWidth);
      if (cost < least) {
        least = cost;
        at = index;
      }
    }
    return at > 0 ? { at, cost: least } : undefined;
  }

  /** The width that the lines of a cue may have beside the label. */
  #maxLineWidth(from: number, to: number): number {
    const { maxLineWidth } = this.#profile;
    if (!this.#label) return maxLineWidth;
    const { width, before, after } = this.#label;
    const isLabelled =
      this.#startOf(from) < before ||
      (after < Infinity && Math.max(this.#startOf(to), this.#ends[to] ?? 0) >= after);
    return isLabelled ? widthBesideLabel(maxLineWidth, width) : maxLineWidth;
  }

  #width(from: number, to: number): number {
    return (this.#widths[to] ?? 0) - (this.#widths[from] ?? 0) - (this.#tokens[from]?.hasSpaceBefore ? 1 : 0);
  }

  #startOf(index: number): number {
    return this.#tokens[index]?.beginMs ?? this.#nextStart;
  }

  #pauseBefore(index: number): number {
    return this.#startOf(index) - (this.#ends[index] ?? 0);
  }

  /**
   * Two sentences may share a cue when one of them alone would be too short, and the pause between them is not long. Otherwise
   * that has a cost.
   */
  #addSharedCosts(): void {
    const starts = this.#tokens.flatMap(({ border }, index) =>
      index === 0 || border === BORDER.sentence ? [index] : [],
    );
    const { minCueDurationMs, minGapMs } = this.#profile;
    const isShort = starts.map(
      (start, index) =>
        this.#startOf(starts[index + 1] ?? this.#tokens.length) - minGapMs - this.#startOf(start) <
        minCueDurationMs,
    );
    let total = 0;
    let sentence = 0;
    for (let index = 1; index < this.#tokens.length; index += 1) {
      if (starts[sentence + 1] === index) {
        sentence += 1;
        const isNeeded = isShort[sentence - 1] || isShort[sentence];
        if (this.#pauseBefore(index) >= SENTENCE_PAUSE_MS) total += SHARED_OVER_PAUSE;
        else if (!isNeeded) total += SHARED;
      }
      this.#shared.push(total);
    }
  }
}
