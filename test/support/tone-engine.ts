import { SERVICE_CODES } from '../../lib/protocol/errors/service-codes.ts';
import type { Engine, EngineStream, EngineStreamOptions } from '../../lib/service/engine.ts';
import { TaskError } from '../../lib/service/session/task-error.ts';

const BYTES_PER_MS = 32;
const WINDOW_MS = 10;
const WINDOW_BYTES = WINDOW_MS * BYTES_PER_MS;
/** Root mean square above which a window is a tone. */
const LOUD = 500;
/** Silence after which a tone is final. */
const PAUSE_MS = 100;
/** A shorter tone is not measured to find a poison tone. */
const MIN_POISON_MS = 100;

/** Options of {@link toneEngine}. */
export interface ToneEngineOptions {
  /** Each task that receives a tone of this frequency fails, when it has received 100 ms of the tone. @default none */
  readonly poisonHertz?: number;
}

/**
 * Creates an engine that recognises tones, also after a lossy codec: each is a sentence whose text is its frequency in
 * Hz, rounded to 100. It shows which audio a service got, and where in it.
 */
export function toneEngine({ poisonHertz }: ToneEngineOptions = {}): Engine {
  return {
    model: 'tones',
    languages: ['en'],
    open: (options) => new ToneStream(options, poisonHertz),
    close: async () => {},
  };
}

class ToneStream implements EngineStream {
  readonly #options: EngineStreamOptions;
  readonly #poisonHertz: number | undefined;
  #partial = Buffer.alloc(0);
  #ms = 0;
  #beginMs = -1;
  #endMs = 0;
  #crossings = 0;
  #last = 0;

  constructor(options: EngineStreamOptions, poisonHertz: number | undefined) {
    this.#options = options;
    this.#poisonHertz = poisonHertz;
  }

  get silenceMs(): number {
    return this.#ms - this.#endMs;
  }

  async write(pcm: Buffer): Promise<void> {
    const bytes = Buffer.concat([this.#partial, pcm]);
    let at = 0;
    for (; at + WINDOW_BYTES <= bytes.length; at += WINDOW_BYTES) {
      this.#window(bytes.subarray(at, at + WINDOW_BYTES));
    }
    this.#partial = Buffer.from(bytes.subarray(at));
  }

  async end(): Promise<void> {
    this.#finish();
  }

  destroy(): void {}

  #window(pcm: Buffer): void {
    let energy = 0;
    let crossings = 0;
    for (let at = 0; at < pcm.length; at += 2) {
      const sample = pcm.readInt16LE(at);
      energy += sample ** 2;
      if (sample >= 0 && this.#last < 0) crossings += 1;
      this.#last = sample;
    }
    const isLoud = Math.sqrt((energy * 2) / pcm.length) > LOUD;
    if (isLoud) {
      if (this.#beginMs < 0) [this.#beginMs, this.#crossings] = [this.#ms, 0];
      this.#crossings += crossings;
      this.#endMs = this.#ms + WINDOW_MS;
      this.#checkPoison();
    } else if (this.#ms - this.#endMs >= PAUSE_MS) this.#finish();
    this.#ms += WINDOW_MS;
  }

  /** Frequency of the current tone, rounded to 100. */
  get #hertz(): number {
    return Math.round((this.#crossings * 10) / (this.#endMs - this.#beginMs)) * 100;
  }

  #checkPoison(): void {
    if (this.#endMs - this.#beginMs < MIN_POISON_MS || this.#hertz !== this.#poisonHertz) return;
    throw new TaskError(SERVICE_CODES.internalError, 'The audio cannot be recognised.');
  }

  #finish(): void {
    if (this.#beginMs < 0) return;
    const [begin_time, end_time] = [this.#beginMs, this.#endMs];
    const text = String(this.#hertz);
    this.#options.onSentence({
      begin_time,
      end_time,
      text,
      words: [{ begin_time, end_time, text, punctuation: '' }],
    });
    this.#beginMs = -1;
  }
}

/** The input and filters with which FFmpeg makes tones: one of 300 ms at the start of each second, each 100 Hz higher. */
export function tones(seconds: number): string[] {
  const expression = `if(lt(mod(t,1),0.3),0.5*sin(2*PI*t*(400+100*floor(t))),0)`;
  return ['-f', 'lavfi', '-i', `aevalsrc='${expression}':s=48000:d=${seconds}`];
}
