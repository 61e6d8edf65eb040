/** A source that has said nothing for so long is pausing. */
const PAUSE_MS = 1_000;
/** Length of one piece of the silence that fills a pause. */
const PIECE_MS = 500;

/**
 * Fills the pauses of a source with silence in real time: the service ends a task that gets no audio for 23 s
 * (source: the official page), and silence that lasts needs continuous silent audio.
 */
export class KeepAlive {
  readonly #sendSilence: (ms: number) => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param sendSilence Called twice a second while the source pauses. */
  constructor(sendSilence: (ms: number) => void) {
    this.#sendSilence = sendSilence;
  }

  /** The source has nothing to send for now. */
  wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fill(PAUSE_MS), PAUSE_MS);
  }

  /** The source sends again, or has ended. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #fill(ms: number): void {
    this.#sendSilence(ms);
    this.#timer = setTimeout(() => this.#fill(PIECE_MS), PIECE_MS);
  }
}
