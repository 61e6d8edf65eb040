import type { APIConnectOptions, stt } from '@livekit/agents';
import { FrameRecognition, type Frame, type FrameRecognitionOptions } from './recognition.ts';
import { apiError } from './api-errors.ts';
import { agents } from './load-agents.ts';
import { speechData } from './speech-data.ts';
import { isSentenceEnd, type Sentence } from '../../sentence.ts';

/** What a stream needs of its {@link STT}. */
export interface StreamParts {
  /** Opens the backend, if it is not open. */
  readonly open: (signal: AbortSignal) => Promise<Omit<FrameRecognitionOptions, 'onSentence'>>;
  /** Of a sentence that does not name it. */
  readonly language: () => string;
  readonly interimResults: boolean;
}

const Base: typeof stt.SpeechStream = agents.stt.SpeechStream;

/**
 * A stream of speech events. Frames of any rate and number of channels are accepted, also of several. `flush` ends the current
 * sentence: all audio before it is recognised.
 */
export class SpeechStream extends Base {
  readonly label = 'fun-asr.SpeechStream';
  readonly #parts: StreamParts;
  #isSpeaking = false;
  /** The audio of recognitions that have ended, in ms. */
  #offsetMs = 0;
  /** The audio since the last usage event, in ms. */
  #unreportedMs = 0;
  #requestId = '';
  /** Ends the run, also while it waits for input. */
  #fail: (error: unknown) => void = () => {};

  /** @internal */
  constructor(owner: stt.STT, parts: StreamParts, connection: APIConnectOptions | undefined) {
    super(owner, undefined, connection);
    this.#parts = parts;
  }

  protected async run(): Promise<void> {
    // One promise for the whole run: a race for each frame would keep all of them in memory.
    const failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    try {
      await Promise.race([this.#recognizeInput(), failed]);
    } catch (error) {
      throw apiError(error);
    }
  }

  async #recognizeInput(): Promise<void> {
    const options = await this.#parts.open(this.abortSignal);
    let current: FrameRecognition | undefined;
    let currentMs = 0;
    const finish = async (): Promise<void> => {
      await current?.end();
      current = undefined;
      this.#offsetMs += currentMs;
      currentMs = 0;
      this.#reportUsage();
    };
    for await (const item of this.input) {
      if (this.abortSignal.aborted) return;
      if (typeof item === 'symbol') {
        await finish();
        continue;
      }
      if (current && !current.fits(item)) await finish();
      if (!current) {
        const onSentence = (sentence: Sentence): void => this.#emit(sentence);
        current = new FrameRecognition(item, { ...options, onSentence });
        current.done.catch((error: unknown) => this.#fail(error));
      }
      const ms = durationOf(item);
      currentMs += ms;
      this.#unreportedMs += ms;
      await current.push(item);
    }
    await finish();
  }

  #emit(sentence: Sentence): void {
    const { SpeechEventType } = agents.stt;
    const isFinal = isSentenceEnd(sentence);
    if (!isFinal && !this.#parts.interimResults) return;
    this.#requestId = sentence.request_id;
    if (sentence.text === '') return;
    if (!this.#isSpeaking) this.#put({ type: SpeechEventType.START_OF_SPEECH });
    this.#isSpeaking = !isFinal;
    const data = speechData([sentence], {
      offsetMs: this.#offsetMs,
      startTimeOffset: this.startTimeOffset,
      language: this.#parts.language(),
    });
    const type = isFinal ? SpeechEventType.FINAL_TRANSCRIPT : SpeechEventType.INTERIM_TRANSCRIPT;
    this.#put({ type, alternatives: [data], requestId: sentence.request_id });
    if (!isFinal) return;
    this.#put({ type: SpeechEventType.END_OF_SPEECH });
    this.#reportUsage();
  }

  #reportUsage(): void {
    if (this.#unreportedMs === 0) return;
    const audioDuration = this.#unreportedMs / 1000;
    this.#unreportedMs = 0;
    const type = agents.stt.SpeechEventType.RECOGNITION_USAGE;
    this.#put({ type, requestId: this.#requestId, recognitionUsage: { audioDuration } });
  }

  /** A stream that was closed emits nothing. */
  #put(event: stt.SpeechEvent): void {
    if (!this.queue.closed) this.queue.put(event);
  }
}

function durationOf({ samplesPerChannel, sampleRate }: Frame): number {
  return (samplesPerChannel / sampleRate) * 1000;
}
