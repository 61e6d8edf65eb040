import type { Step } from '../../core/stage.ts';
import { charactersOf, widthOf } from './characters.ts';
import type { Cue } from './cues.ts';
import type { Profile } from '../profiles/profile.ts';

/** A cue with the customs that hold for it. */
export interface CustomCue {
  readonly cue: Cue;
  readonly profile: Profile;
}

/**
 * Settles how long each cue stays, knowing the next: long enough to be read, never into the next one. Only ends
 * are moved; a start is moved only when it lies so far back that the cue before would vanish.
 */
export class CueTiming implements Step<CustomCue, Cue> {
  #pending: CustomCue | undefined;

  *feed({ cue, profile }: CustomCue): Generator<Cue> {
    const start = Math.max(cue.start, this.#earliestNext());
    const next = { cue: { ...cue, start, end: Math.max(cue.end, start + 1) }, profile };
    if (this.#pending) yield settled(this.#pending, start);
    this.#pending = next;
  }

  *end(): Generator<Cue> {
    if (this.#pending) yield settled(this.#pending, Infinity);
    this.#pending = undefined;
  }

  /** Sentences that overlap cut the earlier cue short, but leave it the time that any cue needs. */
  #earliestNext(): number {
    if (!this.#pending) return 0;
    const { cue, profile } = this.#pending;
    return Math.min(cue.end, cue.start + profile.leastDuration);
  }
}

function settled({ cue, profile }: CustomCue, nextStart: number): Cue {
  const latest = Math.min(nextStart - profile.leastGap, cue.start + profile.greatestDuration);
  const end = Math.min(Math.max(cue.end, readingEnd(cue, profile)), latest);
  // Two cues may follow each other faster than the gap allows: then each still has its moment.
  return { ...cue, end: Math.max(end, cue.start + 1) };
}

/** When the cue may go, for who reads at the usual speed. */
function readingEnd(cue: Cue, profile: Profile): number {
  const width = cue.lines.reduce((total, line) => total + widthOf(charactersOf(line, profile)), 0);
  const wanted = Math.max(profile.leastDuration, Math.ceil((width * 1000) / profile.readingSpeed));
  return Math.min(cue.start + wanted, cue.end + profile.greatestExtension);
}
