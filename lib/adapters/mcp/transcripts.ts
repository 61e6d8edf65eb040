import { stat } from 'node:fs/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import { expectDuration } from '../../batch/plan/expected-duration.ts';
import type { FunAsrError } from '../../core/errors.ts';
import { pick } from '../../core/options.ts';
import type { Backend } from '../../engines/backend.ts';
import { BACKEND_RULES, chooseBackend } from '../../engines/choose-backend.ts';
import type { FinalSentence } from '../../sentence.ts';
import { transcribe } from '../../transcribe.ts';
import type { TranscribeOptions } from '../../transcribe-options.ts';

/** The text of a recording, and what is known about it. */
export interface Transcript {
  readonly sentences: readonly FinalSentence[];
  readonly warnings: readonly FunAsrError[];
  readonly engine: string;
  readonly model: string;
}

/** One request for a transcript. */
export interface TranscriptRequest {
  /** The real path of the recording. */
  readonly file: string;
  /** Its name in messages. */
  readonly name: string;
  readonly language: string | undefined;
  readonly signal: AbortSignal;
  /** Called with the seconds whose text is final, and those of the whole recording as far as they are known. */
  readonly onProgress: (seconds: number, total: number | undefined) => void;
}

/** Transcripts that are kept for further formats: an old one makes room for a new one. */
const MAX_KEPT = 32;

/**
 * Transcribes recordings. Backends stay open, and the latest transcripts are kept in memory: another format of the same file
 * costs nothing.
 */
export class Transcripts {
  readonly #options: TranscribeOptions;
  readonly #limit: LimitFunction;
  /** By the language. */
  readonly #backends = new Map<string, Promise<Backend>>();
  readonly #kept = new Map<string, Transcript>();

  /** @param concurrency Recordings at a time. */
  constructor(options: TranscribeOptions, concurrency: number) {
    this.#options = options;
    this.#limit = pLimit(concurrency);
  }

  /** @throws {FunAsrError} as `transcribe` does. */
  async of(request: TranscriptRequest): Promise<Transcript> {
    const key = await keyOf(request);
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const transcript = await this.#limit(() => this.#transcribe(request));
    this.#kept.set(key, transcript);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return transcript;
  }

  /** Closes all backends. Recordings that are still recognised fail. */
  async close(): Promise<void> {
    const open = await Promise.allSettled(this.#backends.values());
    const backends = open.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    await Promise.all(backends.map((backend) => backend.close()));
  }

  async #transcribe(request: TranscriptRequest): Promise<Transcript> {
    const { file, name, language, signal, onProgress } = request;
    signal.throwIfAborted();
    const options = { ...this.#options, ...(language !== undefined && { languageHints: [language] }) };
    const { durationMs } = await expectDuration(file, { ...options, signal });
    const total = durationMs === undefined ? undefined : durationMs / 1000;
    const backend = await this.#backend(options);
    const warnings: FunAsrError[] = [];
    const sentences: FinalSentence[] = [];
    const recognised = transcribe(file, {
      ...options,
      engine: backend,
      name,
      signal,
      partials: false,
      onProgress: ({ finalMs }) => onProgress(finalMs / 1000, total),
      onWarning: (warning) => warnings.push(warning),
    });
    for await (const sentence of recognised) sentences.push(sentence);
    return { sentences, warnings, engine: backend.name, model: backend.model };
  }

  /** A language may need another local model. A backend that cannot be opened is tried again with the next request. */
  async #backend(options: TranscribeOptions): Promise<Backend> {
    const key = options.languageHints?.[0] ?? '';
    const known = this.#backends.get(key);
    if (known) return await known;
    const opening = chooseBackend(pick(options, BACKEND_RULES));
    this.#backends.set(key, opening);
    opening.catch(() => this.#backends.delete(key));
    return await opening;
  }
}

/** Identifies a file and its content, as far as its dates show changes, and the language. */
async function keyOf({ file, language = '' }: TranscriptRequest): Promise<string> {
  const { dev, ino, size, mtimeMs, ctimeMs } = await stat(file);
  return JSON.stringify([file, dev, ino, size, mtimeMs, ctimeMs, language]);
}
