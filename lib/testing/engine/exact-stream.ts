import type { EngineStream, EngineStreamOptions } from '../../service/engine.ts';
import { TaskError } from '../../service/session/task-error.ts';
import type { Word } from '../../sentence.ts';
import { type Heard, heardText, type Span } from '../audio/heard.ts';
import { Hearing, type Stretch } from '../audio/hearing.ts';
import type { Script } from '../audio/script.ts';

export interface ExactStreamOptions extends Pick<EngineStreamOptions, 'onSentence'> {
  readonly sampleRate: number;
  readonly finalDelayMs: number;
  /** Infinity for none. */
  readonly partialEveryMs: number;
  readonly script: Script | undefined;
  readonly poison: Span | undefined;
}

/** A sentence whose final result is still to come. Begin and end are samples of the stream, the parts those of the audio. */
interface OpenSentence {
  readonly number: number;
  readonly begin: number;
  end: number;
  readonly parts: [begin: number, end: number][];
  /** Whether something else was heard since. */
  isOver: boolean;
  /** End of what the last partial result told. */
  told: number;
}

/** One stream of self-describing audio on its way through the exact engine. */
export class ExactStream implements EngineStream {
  readonly #options: ExactStreamOptions;
  readonly #hearing: Hearing;
  readonly #samplesPerMs: number;
  /** In the order in which they were heard. */
  readonly #open: OpenSentence[] = [];
  /** Samples heard so far. */
  #now = 0;
  /** Where the last speech ended, in samples. */
  #spokenUntil = 0;
  #isPoisoned = false;
  #isOver = false;

  constructor(options: ExactStreamOptions) {
    this.#options = options;
    this.#samplesPerMs = options.sampleRate / 1000;
    this.#hearing = new Hearing((stretch) => this.#hear(stretch));
  }

  get silenceMs(): number {
    return (this.#now - this.#spokenUntil) / this.#samplesPerMs;
  }

  async write(pcm: Buffer): Promise<void> {
    this.#hearing.feed(pcm);
    this.#refusePoison();
    this.#tellFinals(this.#options.finalDelayMs * this.#samplesPerMs);
    this.#tellPartial();
  }

  async end(): Promise<void> {
    this.#hearing.end();
    this.#refusePoison();
    for (const sentence of this.#open) sentence.isOver = true;
    this.#tellFinals(0);
  }

  destroy(): void {
    this.#isOver = true;
  }

  #hear({ samples, position, sentence: number }: Stretch): void {
    const begin = this.#now;
    this.#now += samples;
    // Samples that say nothing may stand for a part of a sentence that was damaged: they do not end it.
    if (position === undefined) return;
    this.#taste(position, position + samples);
    const last = this.#open.at(-1);
    if (last && last.number !== number) last.isOver = true;
    if (number === 0) return;
    this.#spokenUntil = this.#now;
    if (last && !last.isOver) {
      last.end = this.#now;
      extend(last.parts, position, position + samples);
      return;
    }
    const parts: OpenSentence['parts'] = [[position, position + samples]];
    this.#open.push({ number, begin, end: this.#now, parts, isOver: false, told: begin });
  }

  #taste(begin: number, end: number): void {
    const { poison } = this.#options;
    if (!poison) return;
    const [from, to] = poison.map((ms) => ms * this.#samplesPerMs);
    this.#isPoisoned ||= begin < (to ?? 0) && end > (from ?? 0);
  }

  #refusePoison(): void {
    if (this.#isPoisoned) throw new TaskError('InternalError', 'The audio cannot be recognised.');
  }

  #tellFinals(delay: number): void {
    for (let [first] = this.#open; first; [first] = this.#open) {
      const hasEnded = first.isOver || this.#now > first.end;
      if (!hasEnded || this.#now - first.end < delay) return;
      this.#open.shift();
      this.#tell(first, true);
    }
  }

  /** Sentences come one after another: the next one is not spoken of before the final result of the one before. */
  #tellPartial(): void {
    const [first] = this.#open;
    if (!first || (first.end - first.told) / this.#samplesPerMs < this.#options.partialEveryMs) return;
    first.told = first.end;
    this.#tell(first, false);
  }

  #tell({ number, begin, end, parts }: OpenSentence, isFinal: boolean): void {
    if (this.#isOver) return;
    const spans = parts.map(([from, to]): Span => [from / this.#samplesPerMs, to / this.#samplesPerMs]);
    const text = (isFinal && this.#scripted({ number, spans })) || heardText({ number, spans });
    const begin_time = Math.round(begin / this.#samplesPerMs);
    const end_time = Math.round(end / this.#samplesPerMs);
    this.#options.onSentence({
      begin_time,
      end_time: isFinal ? end_time : null,
      text,
      words: wordsOf(text, begin_time, end_time),
    });
  }

  /** The text of the script, for a sentence of which all was heard. */
  #scripted({ number, spans: [span, ...others] }: Heard): string | undefined {
    const sentence = this.#options.script?.sentences[number - 1];
    const isWhole =
      others.length === 0 && span?.[0] === sentence?.begin_time && span?.[1] === sentence?.end_time;
    return isWhole ? sentence?.text : undefined;
  }
}

function extend(parts: OpenSentence['parts'], begin: number, end: number): void {
  const last = parts.at(-1);
  if (last?.[1] === begin) last[1] = end;
  else parts.push([begin, end]);
}

/** The words of a text, each as long as the others. */
function wordsOf(text: string, begin: number, end: number): Word[] {
  const words = text.split(' ');
  const at = (index: number) => Math.round(begin + ((end - begin) * index) / words.length);
  return words.map((word, index) => ({
    begin_time: at(index),
    end_time: at(index + 1),
    text: index === 0 ? word : ` ${word}`,
    punctuation: '',
  }));
}
