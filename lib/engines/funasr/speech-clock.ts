import { BYTES_PER_SAMPLE, DEFAULT_SAMPLE_RATE } from '../../media/pcm.ts';
import { meanMagnitude, isLoudMagnitude } from '../../media/loudness.ts';

const BYTES_PER_MS = (DEFAULT_SAMPLE_RATE * BYTES_PER_SAMPLE) / 1000;
/** Magnitude below this part of the usual magnitude of the session is a pause (−20 dB). */
const PAUSE_SHARE = 0.1;
/** How fast the usual magnitude follows that of loud audio. */
const FOLLOW = 0.05;

/** A part of the audio that may contain speech, in ms from the start of the stream. */
interface Run {
  readonly begin: number;
  end: number;
}

/**
 * Knows where the audio of a session is loud: for the silence at its end, for a place to cut it, and for the times of texts
 * that have none. It cannot distinguish speech from other sound.
 */
export class SpeechClock {
  /** Start of the session, in ms from the start of the stream. */
  readonly begin: number;
  readonly #runs: Run[] = [];
  #bytes = 0;
  #usual = 0;

  constructor(begin: number) {
    this.begin = begin;
  }

  /** End of the audio so far, in ms from the start of the stream. */
  get end(): number {
    return Math.round(this.begin + this.#bytes / BYTES_PER_MS);
  }

  get durationMs(): number {
    return this.#bytes / BYTES_PER_MS;
  }

  /** Length of the pause at the end of the audio, in ms. */
  get pauseMs(): number {
    return this.end - (this.#runs.at(-1)?.end ?? this.begin);
  }

  /** Adds a frame of audio. */
  add(frame: Buffer): void {
    const magnitude = meanMagnitude(frame);
    const begin = this.end;
    this.#bytes += frame.length;
    if (!isLoudMagnitude(magnitude) || magnitude < this.#usual * PAUSE_SHARE) return;
    this.#usual += (magnitude - this.#usual) * (this.#usual === 0 ? 1 : FOLLOW);
    const last = this.#runs.at(-1);
    if (last?.end === begin) last.end = this.end;
    else this.#runs.push({ begin, end: this.end });
  }

  /**
   * The time at which a share of the loud audio after `from` has passed. All times are in ms from the start of the stream.
   */
  timeOfShare(share: number, from: number): number {
    const after = this.#runs
      .filter(({ end }) => end > from)
      .map(({ begin, end }) => ({ begin: Math.max(begin, from), end }));
    const runs = after.length > 0 ? after : [{ begin: from, end: this.end }];
    let left = share * runs.reduce((sum, { begin, end }) => sum + end - begin, 0);
    for (const { begin, end } of runs) {
      if (left <= end - begin) return Math.round(begin + left);
      left -= end - begin;
    }
    return runs.at(-1)?.end ?? this.end;
  }
}
