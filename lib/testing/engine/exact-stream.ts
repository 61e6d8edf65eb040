import { SERVICE_CODES } from '../../protocol/errors/service-codes.ts';
import type { Word } from '../../sentence.ts';
import type { EngineStream, EngineStreamOptions } from '../../service/engine.ts';
import { TaskError } from '../../service/session/task-error.ts';
import { SampleDecoder, type SampleRun } from '../audio/sample-decoder.ts';
import type { Script } from '../audio/script.ts';
import { formatTranscript, type ReceivedAudio, type TimeRange } from '../audio/transcript-code.ts';

export interface ExactStreamOptions extends Pick<EngineStreamOptions, 'onSentence'> {
  readonly sampleRate: number;
  readonly finalDelayMs: number;
  /** Infinity disables partial results. */
  readonly partialIntervalMs: number;
  readonly script: Script | undefined;
  readonly poison: TimeRange | undefined;
}

/** A sentence whose final result has not been emitted yet. */
interface OpenSentence {
  readonly number: number;
  /** First sample, in this stream. */
  readonly begin: number;
  /** The sample after the last one, in this stream. */
  end: number;
  /** The parts received, in samples of the original audio. */
  readonly parts: [begin: number, end: number][];
  /** Whether silence or another sentence has followed. */
  hasEnded: boolean;
  /** End of the last partial result, in samples of this stream. */
  partialEnd: number;
}

/** Recognises one stream of self-describing audio. */
export class ExactStream implements EngineStream {
  readonly #options: ExactStreamOptions;
  readonly #decoder: SampleDecoder;
  readonly #samplesPerMs: number;
  /** In the order of their audio. */
  readonly #open: OpenSentence[] = [];
  /** Samples decoded so far. */
  #now = 0;
  /** Where the last speech ended, in samples. */
  #speechEnd = 0;
  #isPoisoned = false;
  #isDestroyed = false;

  constructor(options: ExactStreamOptions) {
    this.#options = options;
    this.#samplesPerMs = options.sampleRate / 1000;
    this.#decoder = new SampleDecoder((run) => this.#addRun(run));
  }

  get silenceMs(): number {
    return (this.#now - this.#speechEnd) / this.#samplesPerMs;
  }

  async write(pcm: Buffer): Promise<void> {
    this.#decoder.write(pcm);
    this.#throwIfPoisoned();
    this.#emitFinals(this.#options.finalDelayMs * this.#samplesPerMs);
    this.#emitPartial();
  }

  async end(): Promise<void> {
    this.#decoder.end();
    this.#throwIfPoisoned();
    for (const sentence of this.#open) sentence.hasEnded = true;
    this.#emitFinals(0);
  }

  destroy(): void {
    this.#isDestroyed = true;
  }

  #addRun({ samples, position, sentence: number }: SampleRun): void {
    const begin = this.#now;
    this.#now += samples;
    // Samples without a valid code may be a damaged part of a sentence: they do not end it.
    if (position === undefined) return;
    this.#checkPoison(position, position + samples);
    const last = this.#open.at(-1);
    if (last && last.number !== number) last.hasEnded = true;
    if (number === 0) return;
    this.#speechEnd = this.#now;
    if (last && !last.hasEnded) {
      last.end = this.#now;
      addPart(last.parts, position, position + samples);
      return;
    }
    const parts: OpenSentence['parts'] = [[position, position + samples]];
    this.#open.push({ number, begin, end: this.#now, parts, hasEnded: false, partialEnd: begin });
  }

  #checkPoison(begin: number, end: number): void {
    const { poison } = this.#options;
    if (!poison) return;
    const [from, to] = poison;
    this.#isPoisoned ||= begin < to * this.#samplesPerMs && end > from * this.#samplesPerMs;
  }

  #throwIfPoisoned(): void {
    if (this.#isPoisoned) throw new TaskError(SERVICE_CODES.internalError, 'The audio cannot be recognised.');
  }

  #emitFinals(delaySamples: number): void {
    for (let [first] = this.#open; first; [first] = this.#open) {
      const hasEnded = first.hasEnded || this.#now > first.end;
      if (!hasEnded || this.#now - first.end < delaySamples) return;
      this.#open.shift();
      this.#emit(first, true);
    }
  }

  /** Emits a partial result of the first open sentence only: results of a later one follow its final result. */
  #emitPartial(): void {
    const [first] = this.#open;
    if (!first) return;
    if ((first.end - first.partialEnd) / this.#samplesPerMs < this.#options.partialIntervalMs) return;
    first.partialEnd = first.end;
    this.#emit(first, false);
  }

  #emit({ number, begin, end, parts }: OpenSentence, isFinal: boolean): void {
    if (this.#isDestroyed) return;
    const ranges = parts.map(([from, to]): TimeRange => [from / this.#samplesPerMs, to / this.#samplesPerMs]);
    const text = (isFinal && this.#scriptedText({ number, ranges })) || formatTranscript({ number, ranges });
    const begin_time = Math.round(begin / this.#samplesPerMs);
    const end_time = Math.round(end / this.#samplesPerMs);
    this.#options.onSentence({
      begin_time,
      end_time: isFinal ? end_time : null,
      text,
      words: toWords(text, begin_time, end_time),
    });
  }

  /** Returns the text in the script, if the sentence was received completely. */
  #scriptedText({ number, ranges: [range, ...others] }: ReceivedAudio): string | undefined {
    const sentence = this.#options.script?.sentences[number - 1];
    const isWhole =
      others.length === 0 && range?.[0] === sentence?.begin_time && range?.[1] === sentence?.end_time;
    return isWhole ? sentence?.text : undefined;
  }
}

function addPart(parts: OpenSentence['parts'], begin: number, end: number): void {
  const last = parts.at(-1);
  if (last?.[1] === begin) last[1] = end;
  else parts.push([begin, end]);
}

/** Splits a text into words of equal duration. */
function toWords(text: string, begin: number, end: number): Word[] {
  const words = text.split(' ');
  const timeAt = (index: number) => Math.round(begin + ((end - begin) * index) / words.length);
  return words.map((word, index) => ({
    begin_time: timeAt(index),
    end_time: timeAt(index + 1),
    text: index === 0 ? word : ` ${word}`,
    punctuation: '',
  }));
}
