import type { TimeSpan } from '../core/errors.ts';
import { hasSpeechDynamics } from '../media/speech-dynamics.ts';
import type { Usage, WireSentence } from '../protocol/messages/service-events.ts';
import { isSentenceEnd, type Sentence } from '../sentence.ts';
import type { GapReporter } from './events/gap-reporter.ts';
import type { EventPublisher } from './events/recognition-events.ts';
import { doubtfulWarning, unrecognizedWarning } from './events/unrecognized-warning.ts';
import type { InputBuffer } from './input/input-buffer.ts';

/** Options of a {@link ResultReceiver}. */
export interface ResultReceiverOptions {
  readonly buffer: InputBuffer;
  readonly events: EventPublisher;
  readonly gaps: GapReporter;
  /** Whether the service reports speech that it did not recognise. Otherwise the client judges by the audio. */
  readonly reportsUnrecognized: boolean;
  readonly onSentence: (sentence: Sentence) => void;
  /** Called when a final sentence with words has arrived, before it is delivered. */
  readonly onWords: () => void;
  /** Called when audio has become final, or a final sentence with words has arrived. */
  readonly onProgress: () => void;
}

/** Turns the results of tasks into sentences of the whole input, and warns of speech that was not recognised. */
export class ResultReceiver {
  readonly #options: ResultReceiverOptions;
  #hasResult = false;

  constructor(options: ResultReceiverOptions) {
    this.#options = options;
  }

  /** A task has started. */
  beginTask(): void {
    this.#hasResult = false;
  }

  /** A result of the current task has arrived. */
  receive(result: WireSentence, usage: Usage | null, taskId: string): void {
    const { buffer, events, gaps, onProgress } = this.#options;
    events.publish('result', { hasText: result.text !== '', billedSeconds: usage?.duration });
    gaps.flush();
    this.#hasResult = true;
    const { final } = buffer;
    const sentence = buffer.place(result, usage, taskId);
    if (buffer.final > final) onProgress();
    if (sentence) this.#deliver(sentence, taskId);
  }

  /** The current task has finished: everything that it was sent is final. */
  finishTask(taskId: string): void {
    const { buffer, gaps, onProgress } = this.#options;
    gaps.flush();
    const { beginMs, endMs } = buffer.taskSpan;
    if (endMs > beginMs) onProgress();
    if (this.#isUnanswered()) {
      const reason = 'the service returned no result for audio that sounds like speech';
      this.#warn(buffer.taskSpan, reason, taskId);
    }
    const words = buffer.finishTask();
    if (words) this.#warn(words, 'the service finished without the final form of these words', taskId);
  }

  #deliver(sentence: Sentence, taskId: string): void {
    const { onSentence, onWords, onProgress } = this.#options;
    if (isSentenceEnd(sentence)) {
      const { text, begin_time: beginMs, end_time: endMs } = sentence;
      if (text === '') {
        this.#warn({ beginMs, endMs }, 'the speech was detected and not recognised', taskId);
        return;
      }
      if (sentence.doubtful === true) {
        this.#options.events.publish('warning', doubtfulWarning({ beginMs, endMs }, taskId));
      }
      onProgress();
      onWords();
    }
    onSentence(sentence);
  }

  /** Whether the current task was sent what sounds like speech, and the service has sent no result. */
  #isUnanswered(): boolean {
    const { buffer, reportsUnrecognized } = this.#options;
    if (reportsUnrecognized || this.#hasResult || !buffer.isPcm) return false;
    return hasSpeechDynamics(buffer.pieces(buffer.start, buffer.sent));
  }

  #warn(span: TimeSpan, reason: string, taskId: string): void {
    this.#options.events.publish('warning', unrecognizedWarning(span, reason, taskId));
  }
}
