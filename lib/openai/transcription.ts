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
  /** Called with each failure of an engine that does not end the transcription. */
  readonly onFailure: (error: FunAsrError) => void;
}

/** A part of the audio, in ms from its start. */
interface Part {
  readonly fromMs: number;
  /** @default the end of the audio */
  readonly untilMs?: number;
}

/** The transcription of one request: its sentences, and what is known about them so far. */
export class Transcription {
  readonly sentences: FinalSentence[] = [];
  readonly warnings: FunAsrError[] = [];
  readonly #job: TranscriptionJob;
  /** The errors of the parts of the audio that no engine has recognised. */
  readonly #missing: FunAsrError[] = [];
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
   * Recognises the audio. Yields each sentence when it is final, in the order of their times.
   * @throws {FunAsrError} after the sentences that were recognised before the failure
   */
  async *run(): AsyncGenerator<FinalSentence, void, void> {
    yield* this.#recognise({ fromMs: 0 }, 0);
    const empty = this.warnings.find(({ code }) => code === 'W_NO_AUDIO');
    if (empty) throw empty;
    const [missing] = this.#missing;
    if (missing) throw missing;
  }

  /** Recognises a part with an engine. What it cannot do the next engines do: the rest after a failure, and gaps. */
  async *#recognise(part: Part, position: number): AsyncGenerator<FinalSentence, void, void> {
    const { request, backends, signal, onFailure } = this.#job;
    let { fromMs } = part;
    try {
      signal.throwIfAborted();
      const backend = await backends.at(position, request.model);
      const gaps: Gap[] = [];
      for await (const sentence of this.#recognised(part, backend, gaps)) {
        // They are reported before the sentence that follows them.
        for (const gap of gaps.splice(0)) yield* this.#fill(gap, position);
        yield this.#added(sentence);
        fromMs = sentence.end_time;
      }
      for (const gap of gaps) yield* this.#fill(gap, position);
    } catch (error) {
      const failure = asFunAsrError(error);
      if (!backends.canFollow(position, failure)) throw error;
      onFailure(failure);
      yield* this.#recognise({ ...part, fromMs }, position + 1);
    }
  }

  /** Recognises what an engine has left out with the next one. What that cannot do either is missing in the text. */
  async *#fill(gap: Gap, position: number): AsyncGenerator<FinalSentence, void, void> {
    const { request, backends, signal, onFailure } = this.#job;
    const missing = notRecognised(request.fileName, gap);
    if (!backends.canFollow(position, missing)) {
      this.#missing.push(missing);
      return;
    }
    try {
      const part = { fromMs: Math.floor(gap.begin_time), untilMs: Math.ceil(gap.end_time) };
      yield* this.#recognise(part, position + 1);
      onFailure(missing);
    } catch (error) {
      signal.throwIfAborted();
      onFailure(asFunAsrError(error));
      this.#missing.push(missing);
    }
  }

  /** The sentences of one engine. Its gaps are added to a list. */
  async *#recognised(part: Part, backend: Backend, gaps: Gap[]): AsyncGenerator<FinalSentence, void, void> {
    const { request, path, settings, signal } = this.#job;
    const { fromMs, untilMs } = part;
    const languageHints = request.language === undefined ? undefined : [request.language];
    const { name, model, languages = [] } = backend;
    if (untilMs === undefined) this.#languages = languages;
    // The client would name the model of the cloud that stands for the engine.
    if (name !== 'cloud') checkLanguage(model, languages, languageHints);
    yield* transcribe(path, {
      ...settings,
      signal,
      engine: backend,
      // The path of the copy means nothing to the client.
      name: request.fileName,
      after: { sentence_id: 0, end_time: fromMs },
      untilMs,
      languageHints,
      context: contextOf(request.prompt, backend),
      onWarning: (warning) => this.#warn(warning),
      onGap: (gap) => gaps.push(gap),
      onProgress: ({ audioMs }) => {
        this.durationMs = Math.max(this.durationMs, audioMs);
      },
    });
  }

  /** Each engine counts its own sentences. */
  #added(sentence: FinalSentence): FinalSentence {
    const numbered = { ...sentence, sentence_id: this.sentences.length + 1 };
    this.sentences.push(numbered);
    return numbered;
  }

  /** Keeps a warning once: each engine decodes the same file. A gap is filled, or it is an error. */
  #warn(warning: FunAsrError): void {
    const isKnown = this.warnings.some(
      ({ message, span }) => message === warning.message && span?.beginMs === warning.span?.beginMs,
    );
    if (warning.code !== 'W_GAP' && !isKnown) this.warnings.push(warning);
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
