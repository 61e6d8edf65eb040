import { Readable } from 'node:stream';
import { abortSignal, checkArgument, checkOptions, integer, oneOf } from '../../core/options.ts';
import { BYTES_PER_SAMPLE } from '../../media/pcm.ts';
import { encodeSamples } from './position-code.ts';
import { checkScript, checkScriptShape, type Script } from './script.ts';

/** Options of {@link selfDescribingAudio}. */
export interface SelfDescribingAudioOptions {
  /** In Hz. The exact engine decodes both. @default 16_000 */
  readonly sampleRate?: 8000 | 16_000 | undefined;
  /** Destroys the stream with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
}

const CHUNK_SAMPLES = 16_384;
/** Samples of one Buffer at most, 1 GB. */
const MAX_SAMPLES = 2 ** 29;

/**
 * Renders a script as s16le mono PCM in which each sample contains its position and the number of its sentence. The audio
 * is rendered while it is read, with constant memory, and is quiet (below -48 dB) between the sentences. Only an
 * `exactEngine` can decode it, and only unchanged: not after a lossy codec or a resampler.
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
      at = Math.min(end, start + CHUNK_SAMPLES);
      this.push(at > start ? renderAudio(script, start, at, sampleRate) : null);
    },
  });
}

/**
 * Renders part of the audio of a script, for example to compute which bytes a client should have sent.
 * @param script A valid script; its times are not checked here. See {@link selfDescribingAudio}.
 * @param start First sample.
 * @param end The sample after the last one.
 * @param sampleRate In Hz. @default 16_000
 */
export function renderAudio(script: Script, start: number, end: number, sampleRate = 16_000): Buffer {
  checkScriptShape(script);
  checkArgument('renderAudio', 'the first sample', start, integer(0, Number.MAX_SAFE_INTEGER));
  checkArgument('renderAudio', 'the sample after the last one', end, integer(start, start + MAX_SAMPLES));
  checkArgument('renderAudio', 'the sample rate', sampleRate, oneOf(8000, 16_000));
  const samples = new Int16Array(end - start);
  const samplesPerMs = sampleRate / 1000;
  const { sentences } = script;
  let index = firstEndingAfter(script, start / samplesPerMs);
  let at = start;
  while (at < end) {
    const sentence = sentences[index];
    const begin = sentence ? sentence.begin_time * samplesPerMs : end;
    const isSpeech = at >= begin;
    const until = Math.min(end, sentence && isSpeech ? sentence.end_time * samplesPerMs : begin);
    encodeSamples(samples.subarray(at - start, until - start), at, isSpeech ? index + 1 : 0);
    at = until;
    if (isSpeech) index += 1;
  }
  return Buffer.from(samples.buffer, 0, samples.length * BYTES_PER_SAMPLE);
}

/**
 * Returns the index of the first sentence that ends after a time, by binary search; the number of sentences if none
 * does.
 */
function firstEndingAfter({ sentences }: Script, ms: number): number {
  let [low, high] = [0, sentences.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sentences[middle]?.end_time ?? Infinity) > ms) high = middle;
    else low = middle + 1;
  }
  return low;
}
