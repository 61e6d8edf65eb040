import { asFunAsrError, FunAsrError } from '../core/errors.ts';
import { formatSpan } from '../core/seconds.ts';
import { joinTexts } from '../core/text/join-text.ts';
import type { Backend } from '../engines/backend.ts';
import { checkLanguage } from '../engines/local-languages.ts';
import { findCloudModel } from '../protocol/cloud-models.ts';
import { takesParameter } from '../protocol/parameters.ts';
import type { Gap } from '../recognition/events/diagnostics.ts';
import type { FinalSentence } from '../sentence.ts';
import { transcribe } from '../transcribe.ts';
import type { TranscribeOptions } from '../transcribe-options.ts';
import type { Backends } from './backends.ts';
import type { TranscriptionRequest } from './transcription-request.ts';

/** The audio of one request, and how it is recognised. */
export interface TranscriptionJob {
  readonly request: TranscriptionRequest;
  /** The file that was uploaded. */
  readonly path: string;
  readonly backends: Backends;
  readonly settings: Pick<TranscribeOptions, 'ffmpegPath' | 'maxDurationMs'>;
  readonly signal: AbortSignal;
  /** Called with the failure of an engine that the next engine replaces. */
  readonly onFallback: (error: FunAsrError) => void;
}

/** The transcription of one request: its sentences, and what is known about them so far. */
export class Transcription {
  readonly sentences: FinalSentence[] = [];
  readonly warnings: FunAsrError[] = [];
  readonly #job: TranscriptionJob;
  readonly #gaps: Gap[] = [];
  /** The languages of the engine; empty when they are not known. */
  #languages: readonly string[] = [];
  durationMs = 0;

  constructor(job: TranscriptionJob) {
    this.#job = job;
  }

  get text(): string {
    return joinTexts(this.sentences.map(({ text }) => text.trim()).filter(Boolean));
  }

  /** ISO 639 code: detected, asked for, or the only one that the engine knows. */
  get language(): string | undefined {
    const [only, ...others] = this.#languages;
    const detected = this.sentences.find(({ language }) => language !== undefined)?.language;
    return detected ?? this.#job.request.language ?? (others.length === 0 ? only : undefined);
  }

  /**
   * Recognises the audio. Yields each sentence when it is final.
   * @throws {FunAsrError} after the sentences that were recognised before the failure
   */
  async *run(): AsyncGenerator<FinalSentence, void, void> {
    const { request, backends, signal, onFallback } = this.#job;
    for (let position = 0; ; position += 1) {
      try {
        signal.throwIfAborted();
        yield* this.#recognised(await backends.at(position, request.model));
        break;
      } catch (error) {
        const failure = asFunAsrError(error);
        if (!backends.canFollow(position, failure)) throw error;
        onFallback(failure);
      }
    }
    const empty = this.warnings.find(({ code }) => code === 'W_NO_AUDIO');
    if (empty) throw empty;
    const [gap] = this.#gaps;
    if (gap) throw notRecognised(request.fileName, gap);
  }

  /** Continues after the last sentence that another engine has recognised. */
  async *#recognised(backend: Backend): AsyncGenerator<FinalSentence, void, void> {
    const { request, path, settings, signal } = this.#job;
    const languageHints = request.language === undefined ? undefined : [request.language];
    this.#languages = backend.languages ?? [];
    // The client would name the model of the cloud that stands for the engine.
    if (backend.name !== 'cloud') checkLanguage(backend.model, this.#languages, languageHints);
    const recognised = transcribe(path, {
      ...settings,
      signal,
      engine: backend,
      // The path of the copy means nothing to the client.
      name: request.fileName,
      after: this.sentences.at(-1),
      languageHints,
      context: contextOf(request.prompt, backend),
      onWarning: (warning) => this.warnings.push(warning),
      onGap: (gap) => this.#gaps.push(gap),
      onProgress: ({ audioMs }) => {
        this.durationMs = audioMs;
      },
    });
    for await (const sentence of recognised) {
      this.sentences.push(sentence);
      yield sentence;
    }
  }
}

/** Most characters of a context. */
const MAX_CONTEXT = 400;

/** The end of the prompt as context, for the models that have one. Other models ignore the prompt. */
function contextOf(prompt: string | undefined, { name, model }: Backend): string | undefined {
  const cloudModel = name === 'cloud' ? findCloudModel(model) : undefined;
  if (prompt === undefined || !cloudModel || !takesParameter(cloudModel, 'context')) return undefined;
  return Array.from(prompt).slice(-MAX_CONTEXT).join('').trim() || undefined;
}

function notRecognised(fileName: string, { begin_time: beginMs, end_time: endMs, reason }: Gap): FunAsrError {
  const span = formatSpan({ beginMs, endMs });
  return new FunAsrError('E_SERVER_SPAN', `${fileName}: the service did not recognise ${span}`, {
    cause: reason,
    span: { beginMs, endMs },
  });
}
