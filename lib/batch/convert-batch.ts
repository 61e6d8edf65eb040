import { setMaxListeners } from 'node:events';
import { lstat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Readable } from 'node:stream';
import pMap from 'p-map';
import { checkConvert, type ConvertOptions } from '../audio/convert.ts';
import { ffmpegWarning, findFfmpeg } from '../audio/ffmpeg/find-ffmpeg.ts';
import { openInputFile } from '../audio/source/input-file.ts';
import { asFunAsrError, FunAsrError } from '../core/errors.ts';
import { type PlannedConversion, planConversions } from './plan/convert-plan.ts';
import {
  type ConversionResult,
  convertRecording,
  type ConvertRunEvent,
  resultOf,
} from './recording/convert-recording.ts';
import { OutputFolders } from './state/output-folder.ts';
import { followsFromStop, stopsRun } from './recording/error-rules.ts';
import { findRecordings, STDIN } from './plan/find-recordings.ts';
import { reportError } from '../core/reported-error.ts';
import { type RunReport } from './report/results.ts';
import { Totals } from './report/totals.ts';
import { optionName } from '../core/option-names.ts';

/** Options of {@link convertBatch}: what to convert, how, and into which files. */
export interface ConvertBatchOptions {
  /** Files, folders (with their sub-folders), glob patterns, and `-` for `stdin`. */
  readonly inputs: readonly string[];
  /** Folder for all outputs, below which sub-folders of folders are kept. @default beside each input */
  readonly outputDir?: string | undefined;
  /** Recordings at a time. @default the number of cores */
  readonly concurrency?: number | undefined;
  /** Replaces outputs that exist; otherwise they are kept. @default false */
  readonly force?: boolean | undefined;
  /** Read for a `-` among the inputs. */
  readonly stdin?: Readable | undefined;
  /** How to convert each recording. Its `signal` ends the whole run. */
  readonly conversion: ConvertOptions;
  /** Called with each event of the run. */
  readonly onEvent?: ((event: ConvertRunEvent) => void) | undefined;
}

/**
 * Converts recordings into files. Outputs that exist are kept, new ones appear only when they are complete, and a
 * recording that fails does not stop the others.
 * @throws {FunAsrError} `E_OPTION`, `E_NOTHING` or `E_FFMPEG_MISSING`, which make the whole run impossible. Later errors
 * are in the report.
 */
export async function convertBatch(options: ConvertBatchOptions): Promise<RunReport> {
  checkConvert('convert', options.conversion);
  const { recordings, warnings } = await findRecordings(options.inputs);
  for (const detail of warnings) options.onEvent?.({ type: 'warning', detail });
  const { conversions, ownOutputs } = planConversions(recordings, options.conversion.to, options.outputDir);
  return new ConvertBatch(options).run(conversions, ownOutputs);
}

class ConvertBatch {
  readonly #options: ConvertBatchOptions;
  readonly #onEvent: (event: ConvertRunEvent) => void;
  readonly #folders = new OutputFolders((detail) => this.#onEvent({ type: 'warning', detail }));
  readonly #totals = new Totals();
  readonly #halt = new AbortController();
  readonly #signal: AbortSignal;
  #stoppedBy: FunAsrError | undefined;

  constructor(options: ConvertBatchOptions) {
    this.#options = options;
    this.#onEvent = options.onEvent ?? (() => {});
    const { signal } = options.conversion;
    this.#signal = AbortSignal.any([this.#halt.signal, ...(signal ? [signal] : [])]);
    // Every conversion adds a listener.
    setMaxListeners(0, this.#signal);
  }

  async run(conversions: readonly PlannedConversion[], ownOutputs: readonly string[]): Promise<RunReport> {
    try {
      this.#reportOwnOutputs(ownOutputs);
      const pending: PlannedConversion[] = [];
      for (const plan of conversions) if (await this.#isPending(plan)) pending.push(plan);
      const count = conversions.length + ownOutputs.length;
      this.#onEvent({ type: 'plan', detail: { recordings: count, pending: pending.length } });
      if (pending.length > 0) await this.#convert(pending);
      return this.#totals.report(count, this.#stoppedBy);
    } finally {
      await this.#folders.close();
    }
  }

  /** A file that was found in a folder may be in the format already: it is skipped. A file that was named fails. */
  #reportOwnOutputs(ownOutputs: readonly string[]): void {
    const { inputs, conversion } = this.#options;
    const { to, sampleRate, channels, bitrate } = conversion;
    const found = ownOutputs.filter((input) => !inputs.includes(input));
    for (const input of found) this.#report(resultOf(input, 'skipped', [input]));
    if (found.length > 0 && (sampleRate ?? channels ?? bitrate) !== undefined) {
      const message = `${found.join(', ')}: is in ${to} already and is not converted: its sample rate, channels and bit rate stay`;
      const detail = new FunAsrError('W_OPTION', message, { hint: elsewhere() });
      this.#onEvent({ type: 'warning', detail });
    }
    for (const input of ownOutputs.filter((named) => inputs.includes(named))) {
      const error = new FunAsrError('E_EXISTS', `${input}: the output would replace the input`, {
        hint: elsewhere(),
      });
      this.#report({ ...resultOf(input, 'failed', []), error: reportError(error) });
    }
  }

  /** Checks a recording before a folder is created for its output. */
  async #isPending({ input, output }: PlannedConversion): Promise<boolean> {
    try {
      if (input !== STDIN) await openInputFile(input);
      if (this.#options.force || !(await exists(output))) return true;
      this.#report(resultOf(input, 'skipped', [output]));
    } catch (cause) {
      this.#report({ ...resultOf(input, 'failed', []), error: reportError(asFunAsrError(cause, input)) });
    }
    return false;
  }

  async #convert(pending: readonly PlannedConversion[]): Promise<void> {
    const { conversion, concurrency = availableParallelism() } = this.#options;
    const old = ffmpegWarning(await findFfmpeg({ ffmpegPath: conversion.ffmpegPath }));
    if (old) this.#onEvent({ type: 'warning', detail: old });
    await pMap(pending, (plan) => this.#convertOne(plan), { concurrency });
  }

  async #convertOne(plan: PlannedConversion): Promise<void> {
    const { conversion, stdin = Readable.from([]) } = this.#options;
    if (this.#signal.aborted) return;
    this.#onEvent({ type: 'begin', input: plan.input });
    const { result, error } = await convertRecording(plan, {
      conversion: { ...conversion, signal: this.#signal },
      stdin,
      openFolder: (path) => this.#folders.open(path),
      onEvent: this.#onEvent,
    });
    // The error that stopped the run was reported already. The others have no outputs and count as not tried.
    if (this.#stoppedBy && error && followsFromStop(error)) return;
    if (error && stopsRun(error)) {
      this.#stoppedBy = error;
      this.#halt.abort();
    }
    this.#report(result);
  }

  #report(result: ConversionResult): void {
    this.#totals.add(result);
    this.#onEvent({ type: 'result', input: result.input, detail: result });
  }
}

function elsewhere(): string {
  return `To convert it, write to another folder with ${optionName('outputDir')}.`;
}

/** A broken link counts as a file that exists. */
async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
