import type { APIConnectOptions, stt } from '@livekit/agents';
import { FunAsrError } from '../../core/errors.ts';
import { boolean, checkOptions, pick, type Rules } from '../../core/options.ts';
import type { Backend } from '../../engines/backend.ts';
import { BACKEND_RULES, type BackendOptions, chooseBackend } from '../../engines/choose-backend.ts';
import { PARAMETER_RULES, type RecognitionParameters } from '../../protocol/parameters.ts';
import { RECOGNIZE_STREAM_RULES, type RecognizeStreamOptions } from '../../recognition/recognize-stream.ts';
import { LIMIT_RULES, type Limits } from '../../recognition/task/client-limits.ts';
import { isSentenceEnd, type Sentence } from '../../sentence.ts';
import { TRANSCRIBE_RULES } from '../../transcribe-options.ts';
import { engineForModel } from '../engine-for-model.ts';
import { apiError } from './api-errors.ts';
import { agents } from './load-agents.ts';
import { FrameRecognition, type FrameRecognitionOptions } from './recognition.ts';
import { speechData } from './speech-data.ts';
import { SpeechStream } from './speech-stream.ts';

/** Options of {@link STT}: who recognises, and the parameters of recognition. */
export interface SttOptions
  extends Omit<BackendOptions, 'partials' | 'signal'>,
    RecognitionParameters,
    Partial<Limits>,
    Pick<RecognizeStreamOptions, 'keepAlive'> {
  /** Emits interim transcripts, too. @default true */
  readonly interimResults?: boolean | undefined;
  /** The FFmpeg that resamples. @default the first that `findFfmpeg()` finds */
  readonly ffmpegPath?: string | undefined;
}

const { partials: _partials, signal: _signal, ...backendRules } = BACKEND_RULES;
const CLIENT_RULES: Rules<RecognitionParameters & Limits & Pick<RecognizeStreamOptions, 'keepAlive'>> = {
  ...PARAMETER_RULES,
  ...LIMIT_RULES,
  keepAlive: RECOGNIZE_STREAM_RULES.keepAlive,
};
const STT_RULES: Rules<SttOptions> = {
  ...backendRules,
  ...CLIENT_RULES,
  interimResults: boolean,
  ffmpegPath: TRANSCRIBE_RULES.ffmpegPath,
};

const Base: typeof stt.STT = agents.stt.STT;

/**
 * Speech recognition for LiveKit Agents, by Fun-ASR in the cloud, by the local engine, or by a FunASR runtime server. The engine is
 * opened with the first audio, shared by all streams, and closed by `close`. A recognition recovers from failures as `recognize` of
 * this package does; then its error is an `APIError` of LiveKit with the `FunAsrError` as its cause.
 */
export class STT extends Base {
  readonly label = 'fun-asr.STT';
  readonly #options: SttOptions;
  readonly #closing = new AbortController();
  #opening: Promise<Backend> | undefined;
  #backend: Backend | undefined;

  /** @throws {FunAsrError} `E_OPTION` */
  constructor(options: SttOptions = {}) {
    checkOptions('STT', options, STT_RULES);
    const { interimResults = true } = options;
    super({ streaming: true, interimResults, alignedTranscript: 'word' });
    const { engine = engineForModel(options.model) } = options;
    this.#options = { ...options, engine, interimResults };
  }

  /** The model that recognises, once the engine is open; before that, the one of the options. */
  override get model(): string {
    return this.#backend?.model ?? this.#options.model ?? 'auto';
  }

  override get provider(): string {
    return 'fun-asr';
  }

  stream(options: { connOptions?: APIConnectOptions } = {}): stt.SpeechStream {
    const { connOptions } = options;
    const parts = {
      open: (signal: AbortSignal) => this.#open({ signal, live: true, connOptions }),
      language: () => this.#language,
      interimResults: this.#options.interimResults !== false,
    };
    return new SpeechStream(this, parts, connOptions);
  }

  /** Closes the engine, unless it was an option. Streams that are still open fail. */
  override async close(): Promise<void> {
    this.#closing.abort();
    const backend = await this.#opening?.catch(() => undefined);
    await backend?.close();
  }

  protected async _recognize(
    audio: Parameters<stt.STT['recognize']>[0],
    abortSignal?: AbortSignal,
  ): Promise<stt.SpeechEvent> {
    const frames = Array.isArray(audio) ? audio : [audio];
    const sentences: Sentence[] = [];
    try {
      const [first] = frames;
      if (first) {
        const options = await this.#open({ signal: abortSignal, live: false });
        const recognition = new FrameRecognition(first, {
          ...options,
          onSentence: (sentence) => {
            if (isSentenceEnd(sentence)) sentences.push(sentence);
          },
        });
        for (const frame of frames) {
          if (!recognition.fits(frame))
            throw new FunAsrError('E_OPTION', 'the frames of a buffer have different rates or channels');
          await recognition.push(frame);
        }
        await recognition.end();
      }
    } catch (error) {
      throw apiError(error);
    }
    const data = speechData(sentences, { offsetMs: 0, startTimeOffset: 0, language: this.#language });
    return {
      type: agents.stt.SpeechEventType.FINAL_TRANSCRIPT,
      alternatives: [data],
      requestId: sentences.at(-1)?.request_id ?? '',
    };
  }

  /** The language of a sentence that does not name it: the hint, else the only one of the engine. */
  get #language(): string {
    const { languages = [] } = this.#backend ?? {};
    return this.#options.languageHints?.[0] ?? (languages.length === 1 ? (languages[0] ?? '') : '');
  }

  async #open({
    signal,
    live,
    connOptions,
  }: {
    readonly signal: AbortSignal | undefined;
    readonly live: boolean;
    readonly connOptions?: APIConnectOptions | undefined;
  }): Promise<Omit<FrameRecognitionOptions, 'onSentence'>> {
    const closing = this.#closing.signal;
    closing.throwIfAborted();
    this.#opening ??= chooseBackend({
      ...pick(this.#options, backendRules),
      partials: this.#options.interimResults,
      signal: closing,
    });
    try {
      this.#backend = await this.#opening;
    } catch (error) {
      // It is tried again with the next audio.
      this.#opening = undefined;
      throw error;
    }
    return {
      backend: this.#backend,
      recognition: {
        ...(connOptions && { connectTimeoutMs: connOptions.timeoutMs }),
        ...(connOptions?.maxRetry === 0 && { maxRetries: 0 }),
        ...pick(this.#options, CLIENT_RULES),
        live,
        signal: signal ? AbortSignal.any([signal, closing]) : closing,
      },
      ffmpegPath: this.#options.ffmpegPath,
    };
  }
}
