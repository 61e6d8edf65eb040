import { lstat, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { asFunAsrError, FunAsrError, systemCode } from '../core/errors.ts';
import { type ReportedError, reportError } from '../core/reported-error.ts';
import { writeError } from '../core/system/write-error.ts';
import type { FinalSentence } from '../sentence.ts';
import { OUTPUT_FORMATS, type OutputFormat, type OutputOptions } from '../subtitles/formats.ts';
import { type FoundRecording, STDIN, STDIN_NAME } from './plan/find-recordings.ts';
import { findTranscripts } from './transcripts/find-transcripts.ts';
import { languageOfTranscript, withLanguage } from './transcripts/language-suffix.ts';
import { outputName } from './plan/output-names.ts';
import { pathKey, type PlannedRecording, planTranscripts } from './plan/output-plan.ts';
import { readSentences } from './transcripts/transcript-source.ts';
import { type TranscriptOutput, writeOutput, writeOutputs } from './transcripts/write-transcript.ts';

/** Options of {@link writeSubtitles}. */
export interface SubtitlesRunOptions {
  readonly inputs: readonly string[];
  /** @default beside each input */
  readonly outputDir?: string | undefined;
  readonly formats: readonly OutputFormat[];
  /** Options of the formats. Its signal stops the run. */
  readonly format: OutputOptions;
  /** Replaces existing files, but never an input. @default false */
  readonly force?: boolean | undefined;
  /** Adds a language to the names of the outputs: this one, or with `auto` that of the text. @default none */
  readonly languageSuffix?: string | undefined;
  /** Gets the output of the only input in the only format, instead of a file. */
  readonly output?: Writable | undefined;
  readonly stdin: Readable;
  readonly onResult: (result: SubtitlesResult) => void;
  readonly onWarning: (warning: FunAsrError, name?: string) => void;
}

/** Result of one transcript. */
export interface SubtitlesResult {
  readonly type: 'result';
  /** Path as it was given or found; `-` for standard input. */
  readonly input: string;
  readonly status: 'done' | 'failed';
  /** Paths of the outputs. */
  readonly outputs: readonly string[];
  /** Number of sentences that were read. */
  readonly sentences: number;
  readonly warnings: readonly ReportedError[];
  readonly error?: ReportedError;
}

/** Result of a whole run. */
export interface SubtitlesReport {
  readonly done: number;
  readonly failed: number;
}

/**
 * Writes existing transcripts in other formats. Recognises nothing. A transcript that fails does not stop the others.
 * @throws {FunAsrError} `E_NOTHING`; an `AbortError`.
 */
export async function writeSubtitles(options: SubtitlesRunOptions): Promise<SubtitlesReport> {
  const { recordings, warnings } = await findTranscripts(options.inputs);
  for (const warning of warnings) options.onWarning(warning);
  if (options.output && recordings.length > 1)
    throw new FunAsrError('E_OPTION', `standard output takes one transcript, found ${recordings.length}`, {
      hint: 'Name one transcript, or a folder with --output-dir.',
    });
  const run = new SubtitlesRun(options, await keysOf(recordings));
  const counts = { done: 0, failed: 0 };
  for (const plan of await planTranscripts(recordings, options.outputDir)) {
    const result = await run.write(plan);
    counts[result.status] += 1;
    options.onResult(result);
  }
  return counts;
}

/** A failure of standard output; an error of a format stays as it is. */
function writeFailure(cause: unknown): unknown {
  return systemCode(cause) === undefined ? cause : writeError('standard output', cause);
}

/** The keys of all inputs, and of the files that links among them name. */
async function keysOf(recordings: readonly FoundRecording[]): Promise<Set<string>> {
  const paths = recordings.map(({ input }) => input).filter((input) => input !== STDIN);
  const real = await Promise.all(paths.map((path) => realpath(path).catch(() => path)));
  return new Set([...paths, ...real].map(pathKey));
}

class SubtitlesRun {
  readonly #options: SubtitlesRunOptions;
  readonly #inputs: ReadonlySet<string>;
  /** Outputs that this run has written. */
  readonly #written = new Set<string>();

  constructor(options: SubtitlesRunOptions, inputs: ReadonlySet<string>) {
    this.#options = options;
    this.#inputs = inputs;
  }

  /** Writes the outputs of one transcript. Throws only when the run is stopped. */
  async write(plan: PlannedRecording): Promise<SubtitlesResult> {
    const { format, onWarning } = this.#options;
    const warnings: FunAsrError[] = [];
    const warn = (warning: FunAsrError, name?: string): void => {
      warnings.push(warning);
      onWarning(warning, name);
    };
    const { input } = plan;
    let sentences = 0;
    const result = (rest: Pick<SubtitlesResult, 'status' | 'outputs' | 'error'>): SubtitlesResult => ({
      type: 'result',
      input,
      ...rest,
      sentences,
      warnings: warnings.map(reportError),
    });
    try {
      format.signal?.throwIfAborted();
      const read = await readSentences(input, this.#options.stdin, format.signal);
      sentences = read.length;
      return result({ status: 'done', outputs: await this.#writeAll(plan, read, warn) });
    } catch (cause) {
      if (format.signal?.aborted) throw cause;
      const error = reportError(asFunAsrError(cause, input === STDIN ? STDIN_NAME : input));
      return result({ status: 'failed', outputs: [], error });
    }
  }

  async #writeAll(
    plan: PlannedRecording,
    sentences: readonly FinalSentence[],
    warn: (warning: FunAsrError, name?: string) => void,
  ): Promise<string[]> {
    const { format, formats, output } = this.#options;
    if (output) {
      try {
        for (const name of formats) await writeOutput(sentences, name, output, format, warn);
      } catch (cause) {
        // The reader has closed the pipe, like head.
        if (systemCode(cause) !== 'EPIPE') throw writeFailure(cause);
      }
      return [];
    }
    const outputs = await this.#checked(this.#outputsOf(plan, sentences), warn);
    await writeOutputs(sentences, outputs, format, warn);
    for (const { path } of outputs) this.#written.add(pathKey(path));
    return outputs.map(({ path }) => path);
  }

  #outputsOf(plan: PlannedRecording, sentences: readonly FinalSentence[]): TranscriptOutput[] {
    const { formats, languageSuffix: suffix } = this.#options;
    const language = suffix === 'auto' ? languageOfTranscript(sentences) : suffix;
    const stem = language === undefined ? plan.stem : withLanguage(plan.stem, language);
    return formats.map((format) => ({ format, path: join(plan.folder, outputName(stem, format)) }));
  }

  /**
   * Refuses to replace a file. When all formats are written, an input is left out of the outputs: a `.jsonl` file is its own
   * output.
   */
  async #checked(
    outputs: readonly TranscriptOutput[],
    warn: (warning: FunAsrError) => void,
  ): Promise<TranscriptOutput[]> {
    const isAll = outputs.length === Object.keys(OUTPUT_FORMATS).length;
    const allowed: TranscriptOutput[] = [];
    for (const output of outputs) {
      const { path } = output;
      const key = pathKey(path);
      if (this.#inputs.has(key)) {
        const message = `${path}: is an input, and is not replaced`;
        const hint = 'Write to another folder with --output-dir.';
        if (!isAll) throw new FunAsrError('E_EXISTS', message, { hint });
        warn(new FunAsrError('W_OPTION', message, { hint }));
        continue;
      }
      if (this.#written.has(key))
        throw new FunAsrError('E_EXISTS', `${path}: was written for another input of this run`, {
          hint: 'Run the command for each input, with another --output-dir.',
        });
      if (!this.#options.force && (await lstat(path).catch(() => undefined)))
        throw new FunAsrError('E_EXISTS', `${path}: exists already`, {
          hint: 'Replace it with --force, or write to another folder with --output-dir.',
        });
      allowed.push(output);
    }
    return allowed;
  }
}
