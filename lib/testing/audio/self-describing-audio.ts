import { Readable } from 'node:stream';
import { abortSignal, checkOptions, oneOf } from '../../core/options.ts';
import { encode } from './position-code.ts';
import { checkScript, type Script } from './script.ts';

/** Options of {@link selfDescribingAudio}. */
export interface SelfDescribingAudioOptions {
  /** In Hz; the exact engine hears both. @default 16_000 */
  readonly sampleRate?: 8000 | 16_000 | undefined;
  /** Destroys the stream with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
}

const BYTES_PER_SAMPLE = 2;
/** What one read gives at most, in samples. */
const CHUNK = 16_384;

/**
 * The audio of a script, as s16le mono PCM: each sample says where it stands and which sentence it belongs to. It is
 * rendered while it is read, in memory that does not grow with its length, and quiet (below -48 dB) between the
 * sentences. Only an `exactEngine` understands it, and only untouched: not through a lossy codec or a resampler.
 * @throws {FunAsrError} `E_OPTION`
 */
export function selfDescribingAudio(script: Script, options: SelfDescribingAudioOptions = {}): Readable {
  checkScript(script);
  checkOptions('selfDescribingAudio', options, { sampleRate: oneOf(8000, 16_000), signal: abortSignal });
  const { sampleRate = 16_000, signal } = options;
  const end = (script.durationMs * sampleRate) / 1000;
  let at = 0;
  return new Readable({
    signal,
    read() {
      const start = at;
      at = Math.min(end, start + CHUNK);
      this.push(at > start ? renderAudio(script, start, at, sampleRate) : null);
    },
  });
}

/**
 * The same from any place, without what comes before: to compute what should have been sent.
 * @param script One that was checked: see {@link selfDescribingAudio}.
 * @param start First sample.
 * @param end The sample after the last.
 * @param sampleRate In Hz. @default 16_000
 */
export function renderAudio(script: Script, start: number, end: number, sampleRate = 16_000): Buffer {
  const samples = new Int16Array(end - start);
  const perMs = sampleRate / 1000;
  const { sentences } = script;
  let index = firstEndingAfter(script, start / perMs);
  let at = start;
  while (at < end) {
    const sentence = sentences[index];
    const begin = sentence ? sentence.begin_time * perMs : end;
    const isSpoken = at >= begin;
    const until = Math.min(end, sentence && isSpoken ? sentence.end_time * perMs : begin);
    encode(samples.subarray(at - start, until - start), at, isSpoken ? index + 1 : 0);
    at = until;
    if (isSpoken) index += 1;
  }
  return Buffer.from(samples.buffer, 0, samples.length * BYTES_PER_SAMPLE);
}

/** Index of the first sentence that ends after a time; their number when there is none. */
function firstEndingAfter({ sentences }: Script, ms: number): number {
  let [low, high] = [0, sentences.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sentences[middle]?.end_time ?? Infinity) > ms) high = middle;
    else low = middle + 1;
  }
  return low;
}
