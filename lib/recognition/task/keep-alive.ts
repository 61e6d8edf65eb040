/** A source that gives no audio for this long is pausing. */
const PAUSE_MS = 1_000;
/** Length of one piece of the silence that fills a pause. */
const PIECE_MS = 500;

/**
 * Fills the pauses of a source with silence in real time. The service ends a task that gets no audio for 23 s, so
 * continuous silent audio keeps it running (source: the official page of the Python SDK).
 */
export class KeepAlive {
  #timer: NodeJS.Timeout | undefined;

  /** The source has no audio for now. @param sendSilence Called twice a second until {@link stop}. */
  wait(sendSilence: (ms: number) => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fill(PAUSE_MS, sendSilence), PAUSE_MS);
  }

  /** The source has audio again, or has ended. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #fill(ms: number, sendSilence: (ms: number) => void): void {
    sendSilence(ms);
    this.#timer = setTimeout(() => this.#fill(PIECE_MS, sendSilence), PIECE_MS);
  }
}
