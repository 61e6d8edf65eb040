import type { Step } from '../../core/stage.ts';
import { cueEnd, readingMs } from './cue-end.ts';
import { type BrokenRule, type Cue, cueWidth, linesOf, type ProfiledCue } from './cues.ts';
import { cutOverlap } from './cut-overlap.ts';
import { isInterrupted, isShownWith, joined, startsWith } from './overlapping-speech.ts';
import type { Profile } from '../profiles/profile.ts';

/**
 * Decides how long each cue stays on screen, when the next one is known. Moves ends only. Speakers who speak at the same time
 * share a cue when it could not be read otherwise, and so do texts that start at the same time.
 */
export class CueTiming implements Step<ProfiledCue, ProfiledCue> {
  #pending: ProfiledCue | undefined;
  /** Cues that were cut off, in the order of time. Others may start before them. */
  readonly #later: ProfiledCue[] = [];

  *feed(next: ProfiledCue): Generator<ProfiledCue> {
    this.#add(next);
    yield* this.#takeUntil(next.cue.start);
  }

  /** The last cue ends with its last word: whatever follows begins later. */
  *flush(): Generator<ProfiledCue> {
    yield* this.#takeUntil(Infinity);
    if (this.#pending) yield withEnd(this.#pending, this.#pending.cue.end + this.#pending.profile.minGapMs);
    this.#pending = undefined;
  }

  *end(): Generator<ProfiledCue> {
    yield* this.#takeUntil(Infinity);
    if (this.#pending) yield withEnd(this.#pending, Infinity);
    this.#pending = undefined;
  }

  /** Adds a cue after those that start before it or together with it. */
  #add(added: ProfiledCue): void {
    const at = this.#later.findIndex(({ cue }) => cue.start > added.cue.start);
    this.#later.splice(at < 0 ? this.#later.length : at, 0, added);
  }

  *#takeUntil(time: number): Generator<ProfiledCue> {
    for (let next = this.#later[0]; next && next.cue.start <= time; next = this.#later[0]) {
      this.#later.shift();
      yield* this.#take(next);
    }
  }

  *#take({ cue, profile }: ProfiledCue): Generator<ProfiledCue> {
    const pending = this.#pending;
    const isShared = pending !== undefined && isShownWith(pending, cue);
    if (pending && (isShared || isInterrupted(pending.cue, cue))) {
      const isTooHigh = linesOf(pending.cue).length + linesOf(cue).length > pending.profile.maxLineCount;
      const [first, ...rest] = (isTooHigh && cutOverlap(pending, { cue, profile })) || [];
      if (first) {
        this.#pending = first;
        for (const part of rest) this.#add(part);
        return;
      }
    }
    if (pending && (isShared || startsWith(pending, cue))) {
      this.#pending = { ...pending, cue: joined(pending.cue, cue) };
      return;
    }
    // Only a text of which too many words have the same time starts later than its words.
    const start = Math.max(cue.start, pending ? pending.cue.start + 1 : 0);
    if (pending) yield withEnd(pending, start);
    this.#pending = { cue: { ...cue, start, end: Math.max(cue.end, start + 1) }, profile };
  }
}

function withEnd(pending: ProfiledCue, nextStart: number): ProfiledCue {
  const { cue, profile } = pending;
  const { start, end: speechEnd } = cue;
  const width = cueWidth(pending);
  const end = cueEnd({ start, speechEnd, width, nextStart }, profile);
  const broken = brokenRules({ ...cue, end }, nextStart, width, profile);
  const { dash } = profile;
  return {
    cue: { ...cue, end, ...(cue.others && { dash }), ...(broken.length > 0 && { broken }) },
    profile,
  };
}

function brokenRules(cue: Cue, nextStart: number, width: number, profile: Profile): BrokenRule[] {
  const { start, end } = cue;
  const broken: BrokenRule[] = [];
  if (end - start < readingMs(width, profile)) broken.push('cps');
  if (end - start < profile.minCueDurationMs) broken.push('min-duration');
  if (cue.end - start > profile.maxCueDurationMs) broken.push('max-duration');
  if (nextStart - end < profile.minGapMs) broken.push('min-gap');
  if (linesOf(cue).length > profile.maxLineCount) broken.push('line-count');
  return broken;
}
