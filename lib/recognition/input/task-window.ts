import { isLoud } from '../../media/loudness.ts';
import { SILENCE_TIMEOUT_MS } from '../../protocol/service-limits.ts';
import type { InputBuffer } from './input-buffer.ts';

/** At this part of a limit a task is finished in the next pause, which makes all of its audio final. */
const SOFT_LIMIT = 0.9;
/** At this part of a limit a task is finished without a pause. */
const HARD_LIMIT = 0.95;
/** Without a result for this long a task is finished: {@link HARD_LIMIT} of it is below the service's timeout of 60 s. */
const SILENCE_LIMIT_MS = SILENCE_TIMEOUT_MS - 5000;
/** In a pause of this length no word is cut. */
const PAUSE_MS = 300;
/** Just under the service's silence timeout of 60 s. */
const LONG_SILENCE_MS = SILENCE_TIMEOUT_MS - 10_000;
/** Speech may begin quietly. */
const ONSET_MS = 1_000;

/**
 * How much audio one task may be sent. A task that is sent much audio without a final sentence is finished, because
 * `task-finished` makes everything final; otherwise the buffer would become full, or the service would end the task.
 */
export class TaskWindow {
  readonly #input: InputBuffer;
  #hasSilenceTimeout: boolean;

  /** @param hasSilenceTimeout Whether the service ends a task after a minute of silence: without heartbeat. */
  constructor(input: InputBuffer, hasSilenceTimeout: boolean) {
    this.#input = input;
    this.#hasSilenceTimeout = hasSilenceTimeout;
  }

  /** From now on a task is finished before the service would end it for silence. */
  expectSilenceTimeout(): void {
    this.#hasSilenceTimeout = true;
  }

  /** Whether the current task is to be finished here: a limit is near, and the audio pauses or the limit is very near. */
  get isFull(): boolean {
    const { isPcm, isTimed, sent } = this.#input;
    if (!isTimed || !this.#isPast(SOFT_LIMIT)) return false;
    if (this.#isPast(HARD_LIMIT)) return true;
    return isPcm && this.#isQuiet(this.#input.positionAfter(sent, -PAUSE_MS), sent);
  }

  /**
   * Whether the current task was sent only quiet audio since its last final sentence, so that no result can be missing.
   */
  get isQuiet(): boolean {
    return this.#input.isPcm && this.#isQuiet(this.#input.start, this.#input.sent);
  }

  /** Whether the source must wait because the buffer is nearly full. */
  get isBufferFull(): boolean {
    const { end, start, maxMs } = this.#input;
    return this.#input.msBetween(start, end) >= maxMs * SOFT_LIMIT;
  }

  /**
   * The end of the silence that the current task began with, when the service has received nothing else for too long:
   * sent again, the same silence would end the next task, too. Undefined when there is none.
   */
  get silenceEnd(): number | undefined {
    const { isPcm, start, sent } = this.#input;
    if (!isPcm) return undefined;
    const limit = Math.min(sent, this.#input.positionAfter(start, LONG_SILENCE_MS));
    let end = start;
    for (const piece of this.#input.pieces(start, limit)) {
      if (isLoud(piece)) break;
      end += piece.length;
    }
    const position = this.#input.positionAfter(end, -ONSET_MS);
    return position > start ? position : undefined;
  }

  #isPast(part: number): boolean {
    const { sent, start, answered, maxMs } = this.#input;
    if (this.#input.msBetween(start, sent) >= maxMs * part) return true;
    return this.#hasSilenceTimeout && this.#input.msBetween(answered, sent) >= SILENCE_LIMIT_MS * part;
  }

  #isQuiet(from: number, to: number): boolean {
    for (const piece of this.#input.pieces(from, to)) if (isLoud(piece)) return false;
    return true;
  }
}
