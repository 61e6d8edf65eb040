import type { TranscribeOptions } from '../../transcribe-options.ts';
import { expectDuration, type ExpectedDuration } from './expected-duration.ts';
import { STDIN } from './find-recordings.ts';
import type { PlannedRecording } from './output-plan.ts';

/** Reads the headers of the next recordings while others are recognised. */
export class HeadersAhead {
  readonly #recordings: readonly Pick<PlannedRecording, 'input'>[];
  readonly #transcription: TranscribeOptions;
  readonly #ahead: number;
  readonly #headers = new Map<number, Promise<ExpectedDuration>>();

  /**
   * @param recordings In the order of their turns.
   * @param ahead Number of headers that are read before their turn.
   */
  constructor(
    recordings: readonly Pick<PlannedRecording, 'input'>[],
    transcription: TranscribeOptions,
    ahead: number,
  ) {
    this.#recordings = recordings;
    this.#transcription = transcription;
    this.#ahead = ahead;
  }

  /**
   * The length of the recording whose turn it is, by its header.
   * @returns Rejects as {@link expectDuration} does. It may be left unhandled.
   */
  take(index: number): Promise<ExpectedDuration> {
    for (let next = index; next <= index + this.#ahead; next += 1) this.#begin(next);
    const header = this.#headers.get(index) ?? Promise.resolve({});
    this.#headers.delete(index);
    return header;
  }

  #begin(index: number): void {
    const recording = this.#recordings[index];
    if (!recording || recording.input === STDIN || this.#headers.has(index)) return;
    const header = expectDuration(recording.input, this.#transcription);
    header.catch(() => {});
    this.#headers.set(index, header);
  }
}
