import type { Step } from '../../core/stage.ts';
import { charactersOf, widthOf } from './characters.ts';
import type { Cue } from './cues.ts';
import { isShownWith, linesOf, together } from './overlapping-speech.ts';
import type { Profile } from '../profiles/profile.ts';

/** A cue with the rules that apply to it. */
export interface ProfiledCue {
  readonly cue: Cue;
  readonly profile: Profile;
}

/**
 * Decides how long each cue stays on screen, when the next one is known: long enough to be read, but not into the next
 * cue. Moves ends only, and a start only when the cue before it would have no time. Speakers who speak at the same time
 * share a cue when it could not be read otherwise.
 */
export class CueTiming implements Step<ProfiledCue, Cue> {
  #pending: ProfiledCue | undefined;

  *feed({ cue, profile }: ProfiledCue): Generator<Cue> {
    if (this.#pending && isShownWith(this.#pending, cue, neededMs(this.#pending))) {
      this.#pending = { ...this.#pending, cue: together(this.#pending.cue, cue) };
      return;
    }
    const start = Math.max(cue.start, this.#minNextStart());
    const next = { cue: { ...cue, start, end: Math.max(cue.end, start + 1) }, profile };
    if (this.#pending) yield withEnd(this.#pending, start);
    this.#pending = next;
  }

  *end(): Generator<Cue> {
    if (this.#pending) yield withEnd(this.#pending, Infinity);
    this.#pending = undefined;
  }

  /** Earliest start of the next cue. Overlapping sentences shorten the earlier cue, down to the minimum duration. */
  #minNextStart(): number {
    if (!this.#pending) return 0;
    const { cue, profile } = this.#pending;
    return Math.min(cue.end, cue.start + profile.minCueDurationMs);
  }
}

/** Sets the end of a cue. */
function withEnd({ cue, profile }: ProfiledCue, nextStart: number): Cue {
  const latest = Math.min(nextStart - profile.minGapMs, cue.start + profile.maxCueDurationMs);
  const end = Math.min(Math.max(cue.end, readingEnd(cue, profile)), latest);
  // When two cues follow each other faster than the gap allows, each still has 1 ms.
  return { ...cue, end: Math.max(end, cue.start + 1) };
}

/** When a viewer with the usual reading speed has read the cue. */
function readingEnd(cue: Cue, profile: Profile): number {
  return Math.min(cue.start + neededMs({ cue, profile }), cue.end + profile.maxExtensionMs);
}

/** How long a viewer with the usual reading speed needs for a cue; at least the minimum duration. */
function neededMs({ cue, profile }: ProfiledCue): number {
  const width = linesOf(cue).reduce((total, line) => total + widthOf(charactersOf(line, profile)), 0);
  return Math.max(profile.minCueDurationMs, Math.ceil((width * 1000) / profile.readingSpeed));
}
