import type { Profile } from '../profiles/profile.ts';
import type { Cue, ProfiledCue } from './cues.ts';

/**
 * Puts the cues of several speakers in the order of time. Sentences come in the order of their beginnings, but while one
 * speaker is still in a long sentence another one may begin: the cues of both alternate.
 */
export class CueOrder {
  #cues: ProfiledCue[] = [];

  add(cues: readonly Cue[], profile: Profile): void {
    for (const cue of cues) this.#cues.push({ cue, profile });
    this.#cues.sort((one, other) => one.cue.start - other.cue.start);
  }

  /** Removes the cues that begin before a time. */
  before(time: number): ProfiledCue[] {
    const end = this.#cues.findIndex(({ cue }) => cue.start >= time);
    return this.#cues.splice(0, end < 0 ? this.#cues.length : end);
  }

  /** Removes all cues. */
  rest(): ProfiledCue[] {
    return this.#cues.splice(0);
  }
}
