import type { Readable } from 'node:stream';
import type { Conversion } from '../../audio/ffmpeg/convert-audio.ts';
import type { ConvertOptions } from '../../audio/convert.ts';
import { convertInto } from '../../audio/convert-into.ts';
import { asFunAsrError, FunAsrError } from '../../core/errors.ts';
import type { PlannedConversion } from '../plan/convert-plan.ts';
import { expectedDuration } from '../plan/expected-duration.ts';
import { fingerprint } from '../state/fingerprint.ts';
import type { OutputFolder } from '../state/output-folder.ts';
import { saysLoss } from './recording-failure.ts';
import { STDIN } from '../plan/recordings.ts';
import { type RecordingResult, reportError } from '../report.ts';
import { UnfinishedFile } from '../../core/unfinished-file.ts';

/** What became of one recording that was to be converted. */
export interface ConversionResult extends RecordingResult {
  /** Whether the audio was taken over as it was, and not encoded anew. */
  readonly copied: boolean;
}

/** How far a recording has come, in ms. */
export interface ConversionProgress {
  readonly audioMs: number;
  /** Length of the whole recording; undefined when its header does not say. */
  readonly durationMs: number | undefined;
}

/** What all conversions of a run share. */
export interface ConversionContext {
  readonly conversion: ConvertOptions;
  /** Read when the input is standard input. */
  readonly stdin: Readable;
  readonly openFolder: (path: string) => Promise<OutputFolder>;
  readonly onProgress: (input: string, progress: ConversionProgress) => void;
  readonly onWarning: (warning: FunAsrError, input: string) => void;
}

/** Converts one recording into its output. Whatever goes wrong is in the outcome, nothing is thrown. */
export async function convertRecording(
  plan: PlannedConversion,
  context: ConversionContext,
): Promise<{ result: ConversionResult; error?: FunAsrError }> {
  const warnings: FunAsrError[] = [];
  try {
    const { durationMs, isCopy } = await convertComplete(plan, {
      ...context,
      onWarning(warning, input) {
        warnings.push(warning);
        context.onWarning(warning, input);
      },
    });
    const result = {
      ...resultOf(plan.input, 'done', [plan.output]),
      durationMs: Math.round(durationMs),
      copied: isCopy,
      partial: saysLoss(warnings),
      warnings: warnings.map(reportError),
    };
    return { result };
  } catch (cause) {
    const error = asFunAsrError(cause, plan.input);
    const failed = resultOf(plan.input, 'failed', []);
    return { result: { ...failed, warnings: warnings.map(reportError), error: reportError(error) }, error };
  }
}

/** A result to begin with: nothing was converted. */
export function resultOf(
  input: string,
  status: ConversionResult['status'],
  outputs: readonly string[],
): ConversionResult {
  return {
    type: 'result',
    input,
    status,
    outputs,
    durationMs: 0,
    copied: false,
    partial: false,
    warnings: [],
  };
}

async function convertComplete(
  { input, folder, name }: PlannedConversion,
  { conversion, stdin, openFolder, onProgress, onWarning }: ConversionContext,
): Promise<Conversion> {
  const isFile = input !== STDIN;
  const durationMs = isFile ? await expectedDuration(input, conversion) : undefined;
  const before = isFile && (await fingerprint(input));
  const file = await UnfinishedFile.create(await openFolder(folder), name);
  try {
    const made = await convertInto(isFile ? input : stdin, file.path, conversion, {
      onProgress: (audioMs) => onProgress(input, { audioMs, durationMs }),
      onWarning: (warning) => onWarning(warning, input),
    });
    if (before && before !== (await fingerprint(input))) throw changed(input);
    await file.complete(name);
    await file.place(name);
    return made;
  } finally {
    // After it was placed there is nothing left to be discarded.
    await file.discard();
  }
}

function changed(input: string): FunAsrError {
  return new FunAsrError('E_CHANGED', `${input}: changed while it was read`, {
    hint: 'Run again when nothing writes to it any more.',
    retryable: true,
  });
}
