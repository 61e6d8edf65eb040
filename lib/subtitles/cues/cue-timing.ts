import type { Step } from '../../core/stage.ts';
import { charactersOf, widthOf } from '../words/characters.ts';
import { cueEnd, readingMs } from './cue-end.ts';
import type { BrokenRule, Cue } from './cues.ts';
import { isShownWith, linesOf, together } from './overlapping-speech.ts';
import type { Profile } from '../profiles/profile.ts';

/** A cue with the rules that apply to it. */
export interface ProfiledCue {
  readonly cue: Cue;
  readonly profile: Profile;
}

/**
 * Decides how long each cue stays on screen, when the next one is known. Moves ends only, and a start only when two cues would
 * start at the same time. Speakers who speak at the same time share a cue when it could not be read otherwise.
 */
export class CueTiming implements Step<ProfiledCue, ProfiledCue> {
  #pending: ProfiledCue | undefined;

  *feed({ cue, profile }: ProfiledCue): Generator<ProfiledCue> {
    const pending = this.#pending;
    if (pending && isShownWith(pending, cue, neededMs(pending))) {
      this.#pending = { ...pending, cue: together(pending.cue, cue) };
      return;
    }
    const start = Math.max(cue.start, pending ? pending.cue.start + 1 : 0);
    if (pending) yield withEnd(pending, start);
    this.#pending = { cue: { ...cue, start, end: Math.max(cue.end, start + 1) }, profile };
  }

  /** The last cue ends with its last word: whatever follows begins later. */
  *flush(): Generator<ProfiledCue> {
    if (this.#pending) yield withEnd(this.#pending, this.#pending.cue.end + this.#pending.profile.minGapMs);
    this.#pending = undefined;
  }

  *end(): Generator<ProfiledCue> {
    if (this.#pending) yield withEnd(this.#pending, Infinity);
    this.#pending = undefined;
  }
}

function withEnd({ cue, profile }: ProfiledCue, nextStart: number): ProfiledCue {
  const { start, end: speechEnd } = cue;
  const width = cueWidth(cue, profile);
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

/** How long a viewer with the usual reading speed needs for a cue; at least the minimum duration. */
function neededMs({ cue, profile }: ProfiledCue): number {
  return Math.max(profile.minCueDurationMs, readingMs(cueWidth(cue, profile), profile));
}

function cueWidth(cue: Cue, profile: Profile): number {
  return linesOf(cue).reduce((total, line) => total + widthOf(charactersOf(line, profile)), 0);
}
