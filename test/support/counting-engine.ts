import type { Engine, EngineStream, EngineStreamOptions } from '../../lib/service/engine.ts';

const BYTES_PER_MS = 32;

export interface CountingOptions {
  /** How long it thinks about each second. @default 0 */
  readonly msPerSecond?: number;
  /** Held back until this is settled: the end of every stream. */
  readonly ended?: Promise<void>;
  /** Whether it takes all audio for silence, and says nothing. @default false */
  readonly isDeaf?: boolean;
}

/**
 * An engine that hears nothing but counts: one final sentence, "Second 1.", for each whole second of audio, and one
 * for what is left. It is as fast as its input, so that what is measured is everything else.
 */
export function countingEngine({ msPerSecond = 0, ended, isDeaf = false }: CountingOptions = {}): Engine {
  return {
    model: 'counting',
    languages: ['en'],
    open: (options) => (isDeaf ? deafStream() : new CountingStream(options, msPerSecond, ended)),
    close: async () => {},
  };
}

function deafStream(): EngineStream {
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
  #said = 0;
  #isOver = false;

  constructor(options: EngineStreamOptions, msPerSecond: number, ended?: Promise<void>) {
    this.#options = options;
    this.#msPerSecond = msPerSecond;
    this.#ended = ended;
  }

  get silenceMs(): number {
    return this.#bytes / BYTES_PER_MS - this.#said * 1000;
  }

  async write(pcm: Buffer): Promise<void> {
    this.#bytes += pcm.length;
    while (this.#bytes / BYTES_PER_MS >= (this.#said + 1) * 1000) {
      if (this.#msPerSecond > 0) await new Promise((resolve) => setTimeout(resolve, this.#msPerSecond));
      this.#say((this.#said + 1) * 1000);
    }
  }

  async end(): Promise<void> {
    await this.#ended;
    const endMs = Math.floor(this.#bytes / BYTES_PER_MS);
    if (endMs > this.#said * 1000) this.#say(endMs);
  }

  destroy(): void {
    this.#isOver = true;
  }

  #say(end_time: number): void {
    if (this.#isOver) return;
    const begin_time = this.#said * 1000;
    const number = String(this.#said + 1);
    const text = `Second ${number}.`;
    const middle = Math.round((begin_time + end_time) / 2);
    if (this.#options.partials)
      this.#options.onSentence({ begin_time, end_time: null, text: 'Second', words: [] });
    this.#said += 1;
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
