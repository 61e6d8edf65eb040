import type { TimeSpan } from '../../core/errors.ts';
import type { InputBuffer } from './input-buffer.ts';

/** Options of an {@link InputQueue}. */
export interface InputQueueOptions {
  readonly buffer: InputBuffer;
  /** Whether the source cannot wait. */
  readonly isLive: boolean;
  /** Called with the part of the input that was dropped because it came faster than it could be sent, in ms. */
  readonly onDropped: (span: TimeSpan) => void;
}

/**
 * A large write is taken in slices. A slice is smaller than the room that a full task leaves in the buffer, also at 8
 * kHz.
 */
const SLICE_BYTES = 256 * 1024;

/** The writing side of the input: takes audio from the source, applies back pressure, and wakes the sender. */
export class InputQueue {
  readonly buffer: InputBuffer;
  readonly #options: InputQueueOptions;
  #hasEnded = false;
  #isDemanded = false;
  #wake = (): void => {};
  #releaseSource = (): void => {};
  /** Sends audio at once, where a task waits for it. @returns Whether all of it was sent. */
  #sendAtOnce: (() => boolean) | undefined;

  constructor(options: InputQueueOptions) {
    this.#options = options;
    this.buffer = options.buffer;
  }

  /** Whether the source has no more audio. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether the source cannot wait. */
  get isLive(): boolean {
    return this.#options.isLive;
  }

  /** Whether a task is wanted without waiting for audio. */
  get isDemanded(): boolean {
    return this.#isDemanded;
  }

  /**
   * Takes audio. Undefined when it was sent at once, and for a live source, which cannot wait; otherwise it resolves when
   * all of it was sent to a task.
   */
  write(audio: Uint8Array): Promise<void> | undefined {
    if (!this.isLive && audio.length > SLICE_BYTES) return this.#writeSlices(audio);
    const dropped = this.buffer.append(audio);
    if (dropped) this.#options.onDropped(dropped);
    // Waking the sender for each frame of each stream would cost as much as everything else.
    if (this.#sendAtOnce?.()) return undefined;
    this.#sendAtOnce = undefined;
    this.wake();
    if (this.isLive) return undefined;
    return new Promise((resolve) => {
      this.#releaseSource = resolve;
    });
  }

  /**
   * The current task has failed, or was a check task: what it was sent is not final. Reports what cannot be sent again.
   */
  rewind(): void {
    const dropped = this.buffer.rewind();
    if (dropped) this.#options.onDropped(dropped);
  }

  /** There is no more audio. */
  end(): void {
    this.#hasEnded = true;
    this.wake();
  }

  /** Asks for a task without waiting for audio. */
  demand(): void {
    this.#isDemanded = true;
    this.wake();
  }

  /** Whether the source can give more, and has given nothing since everything was sent. */
  get isSourcePaused(): boolean {
    return this.#sendAtOnce !== undefined && !this.#hasEnded;
  }

  /** A task has started: the demand for one is met. */
  taskStarted(): void {
    this.#isDemanded = false;
    this.#sendAtOnce = undefined;
  }

  /** Lets the source continue. */
  release(): void {
    this.#releaseSource();
  }

  /** Something happened that {@link changed} waits for: audio, a result, the end of a task, or an abort. */
  wake(): void {
    this.#wake();
  }

  /** Resolves at the next {@link wake}. */
  async changed(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Resolves at the next {@link wake}; until then the next audio is given to a function that may send it at once. */
  async changedUnlessSent(sendAtOnce: () => boolean): Promise<void> {
    this.#sendAtOnce = sendAtOnce;
    await this.changed();
  }

  /** Audio is not given to a function any more that may send it at once. */
  stopSendingAtOnce(): void {
    this.#sendAtOnce = undefined;
  }

  async #writeSlices(audio: Uint8Array): Promise<void> {
    for (let start = 0; start < audio.length; start += SLICE_BYTES) {
      await this.write(audio.subarray(start, start + SLICE_BYTES));
    }
  }
}
