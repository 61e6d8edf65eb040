import { spaceBetween } from '../../core/text/join-text.ts';
import type { Profile } from '../profiles/profile.ts';
import { BORDER } from '../words/borders.ts';
import { type Cue, cueOf } from './cues.ts';
import { isSameSpeaker, type Speaker } from './speaker.ts';
import { type CueRange, type Label, layOut } from './layout.ts';
import { SEPARATING_PAUSE_MS, type TimedToken } from '../words/timed-tokens.ts';

/** Number of tokens from which the first cues are made, although more of the same speech may follow. */
const MAX_TOKENS = 320;
/** Tokens at the end whose cues may still change with what follows. */
const UNSETTLED_TOKENS = 80;

/**
 * Sentences of one speaker that follow each other without a long pause. They are laid out together, because short ones share
 * cues, and because the end of a cue depends on what follows.
 */
export class PendingSpeech {
  readonly speaker: Speaker;
  readonly profile: Profile;
  /** What stands before its first line, and until when another speaker speaks. */
  readonly #label: Omit<Label, 'after'>;
  #tokens: TimedToken[] = [];
  /** When the last sentence begins. */
  #lastBegin = -Infinity;
  /** When the last word ends. */
  #lastEnd = 0;

  constructor(speaker: Speaker, profile: Profile, label: Omit<Label, 'after'>) {
    this.speaker = speaker;
    this.profile = profile;
    this.#label = label;
  }

  /** When its first word begins; undefined when it has none. */
  get start(): number | undefined {
    return this.#tokens[0]?.beginMs;
  }

  /** Whether some text continues it: the same speaker and the same rules, after no long pause. */
  isContinuedBy(speaker: Speaker, profile: Profile, [first]: readonly TimedToken[]): boolean {
    if (!first || !isSameSpeaker(this.speaker, speaker) || !isSameProfile(this.profile, profile))
      return false;
    return first.beginMs - this.#lastEnd < SEPARATING_PAUSE_MS;
  }

  /** Adds the tokens of a sentence. A word that begins before the last one begins together with it. */
  add(tokens: readonly TimedToken[]): void {
    const earliest = this.#tokens.at(-1)?.beginMs ?? 0;
    const isTogether = tokens[0] !== undefined && tokens[0].beginMs - this.#lastBegin < this.profile.minGapMs;
    this.#lastBegin = tokens[0]?.beginMs ?? 0;
    for (const { endMs } of tokens) this.#lastEnd = Math.max(this.#lastEnd, endMs);
    const hasSpaceBefore = separates(this.#tokens.at(-1)?.text ?? '', tokens[0]?.text ?? '');
    for (const [index, given] of tokens.entries()) {
      const token = index === 0 ? { ...given, hasSpaceBefore } : given;
      // Sentences that begin at the same time share a cue, if that is possible.
      const isJoined = index === 0 && isTogether;
      if (token.beginMs >= earliest && !isJoined) {
        this.#tokens.push(token);
        continue;
      }
      const beginMs = Math.max(token.beginMs, earliest);
      const border = isJoined ? BORDER.bad : token.border;
      this.#tokens.push({ ...token, border, beginMs, endMs: Math.max(token.endMs, beginMs) });
    }
  }

  /** Removes the cues that do not depend on what follows. */
  settled(): Cue[] {
    if (this.#tokens.length < MAX_TOKENS) return [];
    // Another speaker may begin after the begin of the last sentence.
    const cues = this.#layOut(Infinity, this.#lastBegin);
    const kept = cues.filter(({ to }) => to <= this.#tokens.length - UNSETTLED_TOKENS);
    return this.#remove(kept);
  }

  /**
   * Removes all cues.
   * @param nextStart When the next text begins; Infinity when none follows.
   * @param isOther Whether it is from another speaker.
   */
  rest(nextStart: number, isOther: boolean): Cue[] {
    const last = this.#tokens.at(-1)?.beginMs ?? 0;
    return this.#remove(
      this.#layOut(nextStart > last ? nextStart : Infinity, isOther ? nextStart : Infinity),
    );
  }

  #layOut(nextStart: number, after: number): CueRange[] {
    const label = this.#label.width === 0 ? undefined : { ...this.#label, after };
    return layOut(this.#tokens, this.profile, nextStart, label);
  }

  #remove(ranges: readonly CueRange[]): Cue[] {
    const cues = ranges.map((range) => cueOf(this.#tokens, range, this.speaker, this.profile));
    this.#tokens = this.#tokens.slice(ranges.at(-1)?.to ?? 0);
    return cues;
  }
}

/** Whether a space is between two sentences in one line: not after a mark of a script without spaces. */
function separates(left: string, right: string): boolean {
  return spaceBetween(left, right) === ' ' || !/\p{P}$/u.test(left);
}

function isSameProfile(one: Profile, other: Profile): boolean {
  return one.language === other.language && one.maxLineWidth === other.maxLineWidth;
}
