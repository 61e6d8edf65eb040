import type { Engine, EngineStream, EngineStreamOptions } from 'fun-asr-streams';

const BYTES_PER_MS = 32;

export interface CountingOptions {
  /** Processing time for each second of audio. @default 0 */
  readonly msPerSecond?: number;
  /** The end of each stream waits for this promise. */
  readonly ended?: Promise<void>;
  /** Treats all audio as silence, without any result. @default false */
  readonly ignoresSpeech?: boolean;
}

/**
 * Creates an engine without recognition: it emits one final sentence, "Second 1.", for each second of audio and one for
 * the remainder. It takes no time, so tests and benchmarks measure everything else.
 */
export function countingEngine({
  msPerSecond = 0,
  ended,
  ignoresSpeech = false,
}: CountingOptions = {}): Engine {
  return {
    model: 'counting',
    languages: ['en'],
    open: (options) => (ignoresSpeech ? silentStream() : new CountingStream(options, msPerSecond, ended)),
    close: async () => {},
  };
}

function silentStream(): EngineStream {
  let bytes = 0;
  return {
    get silenceMs() {
      return bytes / BYTES_PER_MS;
    },
    async write(pcm) {
      bytes += pcm.length;
    },
    end: async () => {},
    destroy: () => {},
  };
}

class CountingStream implements EngineStream {
  readonly #options: EngineStreamOptions;
  readonly #msPerSecond: number;
  readonly #ended: Promise<void> | undefined;
  #bytes = 0;
  #seconds = 0;
  #isDestroyed = false;

  constructor(options: EngineStreamOptions, msPerSecond: number, ended?: Promise<void>) {
    this.#options = options;
    this.#msPerSecond = msPerSecond;
    this.#ended = ended;
  }

  get silenceMs(): number {
    return this.#bytes / BYTES_PER_MS - this.#seconds * 1000;
  }

  async write(pcm: Buffer): Promise<void> {
    this.#bytes += pcm.length;
    while (this.#bytes / BYTES_PER_MS >= (this.#seconds + 1) * 1000) {
      if (this.#msPerSecond > 0) await new Promise((resolve) => setTimeout(resolve, this.#msPerSecond));
      this.#emit((this.#seconds + 1) * 1000);
    }
  }

  async end(): Promise<void> {
    await this.#ended;
    const endMs = Math.floor(this.#bytes / BYTES_PER_MS);
    if (endMs > this.#seconds * 1000) this.#emit(endMs);
  }

  destroy(): void {
    this.#isDestroyed = true;
  }

  #emit(end_time: number): void {
    if (this.#isDestroyed) return;
    const begin_time = this.#seconds * 1000;
    const number = String(this.#seconds + 1);
    const text = `Second ${number}.`;
    const middle = Math.round((begin_time + end_time) / 2);
    if (this.#options.partials)
      this.#options.onSentence({ begin_time, end_time: null, text: 'Second', words: [] });
    this.#seconds += 1;
    this.#options.onSentence({
      begin_time,
      end_time,
      text,
      words: [
        { begin_time, end_time: middle, text: 'Second', punctuation: '' },
        { begin_time: middle, end_time, text: ` ${number}`, punctuation: '.' },
      ],
    });
  }
}
