import { AsyncLocalStorage } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import { CHANNELS, type RecordingDiagnostics } from './diagnostics.ts';

const recordings = channel(CHANNELS.recording);
const current = new AsyncLocalStorage<OpenRecording>();
let count = 0;

/** The work on one recording, for the channel of recordings. */
export class OpenRecording {
  /** 1, 2, 3 … in this process. */
  readonly id: number;
  readonly #input: string;
  #hasEnded = false;

  /** The recording whose work the caller is a part of. */
  static get current(): OpenRecording | undefined {
    return current.getStore();
  }

  /** Publishes that the work has started. @param input The path, or the name in messages. */
  constructor(input: string) {
    count += 1;
    this.id = count;
    this.#input = input;
    this.#publish('started');
  }

  /** Runs work that is a part of this: {@link current} is this recording in it, and in everything that it starts. */
  run<Result>(work: () => Result): Result {
    return current.run(this, work);
  }

  /** Publishes how the work has ended. Only the first call counts. */
  end(
    state: Exclude<RecordingDiagnostics['state'], 'started'>,
    details: Pick<RecordingDiagnostics, 'sentences' | 'durationMs' | 'error'>,
  ): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#publish(state, details);
  }

  #publish(state: RecordingDiagnostics['state'], details: object = {}): void {
    if (recordings.hasSubscribers)
      recordings.publish({ recordingId: this.id, state, input: this.#input, ...details });
  }
}
