import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { asFunAsrError, FunAsrError, systemCode } from '../core/errors.ts';
import { type ReportedError, reportError } from '../core/reported-error.ts';
import { writeError } from '../core/system/write-error.ts';
import type { FinalSentence } from '../sentence.ts';
import { OUTPUT_FORMATS, type OutputFormat, type OutputOptions } from '../subtitles/formats.ts';
import { type FoundRecording, STDIN, STDIN_NAME } from './plan/find-recordings.ts';
import { checkMissing, EarlierOutputs, type ReadTranscript } from './transcripts/earlier-outputs.ts';
import { findTranscripts } from './transcripts/find-transcripts.ts';
import { languageOfTranscript, withLanguage } from './transcripts/language-suffix.ts';
import { outputName } from './plan/output-names.ts';
import { pathKey, type PlannedRecording, planTranscripts } from './plan/output-plan.ts';
import { readSentences } from './transcripts/transcript-source.ts';
import { TranscriptLedgers } from './transcripts/transcript-ledgers.ts';
import { type TranscriptOutput, writeOutput, writeOutputs } from './transcripts/write-transcript.ts';

/** Options of {@link writeSubtitles}. */
export interface SubtitlesRunOptions {
  readonly inputs: readonly string[];
  /** @default beside each input */
  readonly outputDir?: string | undefined;
  readonly formats: readonly OutputFormat[];
  /** Options of the formats. Its signal stops the run. */
  readonly format: OutputOptions;
  /** Writes all outputs again, and replaces existing files, but never an input. @default false */
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
  /** `skipped`: all outputs exist, and were made of the same text with the same settings. */
  readonly status: 'done' | 'skipped' | 'failed';
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
  readonly skipped: number;
  readonly failed: number;
}

/**
 * Writes existing transcripts in other formats. Recognises nothing. A transcript that fails does not stop the others. Outputs
 * of earlier runs that are unchanged are made again when the transcript or the settings have changed.
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
  const counts = { done: 0, skipped: 0, failed: 0 };
  try {
    for (const plan of await planTranscripts(recordings, options.outputDir)) {
      const result = await run.write(plan);
      counts[result.status] += 1;
      options.onResult(result);
    }
  } finally {
    await run.close();
  }
  return counts;
}

/** For an output that was edited, and that would be the same as before without the edit. */
function keptWarning(path: string): FunAsrError {
  return new FunAsrError('W_OPTION', `${path}: was changed after it was written, and is kept`, {
    hint: 'Replace it with --force.',
  });
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
  readonly #ledgers: TranscriptLedgers;
  /** Outputs that belong to an earlier input of this run. */
  readonly #taken = new Set<string>();

  constructor(options: SubtitlesRunOptions, inputs: ReadonlySet<string>) {
    this.#options = options;
    this.#inputs = inputs;
    this.#ledgers = new TranscriptLedgers((warning) => options.onWarning(warning));
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
      sentences = read.sentences.length;
      return result(await this.#writeAll(plan, read, warn));
    } catch (cause) {
      if (format.signal?.aborted) throw cause;
      const error = reportError(asFunAsrError(cause, input === STDIN ? STDIN_NAME : input));
      return result({ status: 'failed', outputs: [], error });
    }
  }

  async close(): Promise<void> {
    await this.#ledgers.close();
  }

  async #writeAll(
    plan: PlannedRecording,
    read: ReadTranscript,
    warn: (warning: FunAsrError, name?: string) => void,
  ): Promise<Pick<SubtitlesResult, 'status' | 'outputs'>> {
    const { format, formats, output } = this.#options;
    const { sentences } = read;
    if (output) {
      try {
        for (const name of formats) await writeOutput(sentences, name, output, format, warn);
      } catch (cause) {
        // The reader has closed the pipe, like head.
        if (systemCode(cause) !== 'EPIPE') throw writeFailure(cause);
      }
      return { status: 'done', outputs: [] };
    }
    const outputs = this.#allowed(this.#outputsOf(plan, sentences), warn);
    const status = await this.#writeFiles(plan, read, outputs, warn);
    const paths = outputs.map(({ path }) => path);
    for (const path of paths) this.#taken.add(pathKey(path));
    return { status, outputs: paths };
  }

  /** Writes the outputs that do not exist, and those of earlier runs that had another text or other settings. */
  async #writeFiles(
    plan: PlannedRecording,
    read: ReadTranscript,
    outputs: readonly TranscriptOutput[],
    warn: (warning: FunAsrError, name?: string) => void,
  ): Promise<'done' | 'skipped'> {
    const { format, force } = this.#options;
    if (plan.input === STDIN) {
      // It cannot be read again, so that its outputs are never made again.
      if (!force) for (const { path } of outputs) await checkMissing(path);
      await writeOutputs(read.sentences, outputs, format, warn);
      return 'done';
    }
    const earlier = await EarlierOutputs.of(await this.#ledgers.open(plan.folder), plan, read);
    const pending: TranscriptOutput[] = [];
    for (const output of outputs) {
      const layout = earlier.layoutOf(output.format, format);
      if (!force) {
        const isCurrent = await earlier.isCurrent(output.path, layout);
        const refused = await earlier.refusal(output.path);
        if (isCurrent && refused) warn(keptWarning(output.path));
        if (isCurrent) continue;
        if (refused) throw refused;
      }
      pending.push({ ...output, layout });
    }
    if (pending.length === 0) return 'skipped';
    const enter = earlier.enter.bind(earlier);
    await writeOutputs(read.sentences, pending, format, warn, enter);
    return 'done';
  }

  #outputsOf(plan: PlannedRecording, sentences: readonly FinalSentence[]): TranscriptOutput[] {
    const { formats, languageSuffix: suffix } = this.#options;
    const language = suffix === 'auto' ? languageOfTranscript(sentences) : suffix;
    const stem = language === undefined ? plan.stem : withLanguage(plan.stem, language);
    return formats.map((format) => ({ format, path: join(plan.folder, outputName(stem, format)) }));
  }

  /**
   * Leaves out nothing that is asked for, except that with all formats an input is left out of the outputs: a `.jsonl` file
   * is its own output.
   * @throws {FunAsrError} `E_EXISTS` when an output is an input, or an output of another input.
   */
  #allowed(outputs: readonly TranscriptOutput[], warn: (warning: FunAsrError) => void): TranscriptOutput[] {
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
      if (this.#taken.has(key))
        throw new FunAsrError('E_EXISTS', `${path}: was written for another input of this run`, {
          hint: 'Run the command for each input, with another --output-dir.',
        });
      allowed.push(output);
    }
    return allowed;
  }
}
