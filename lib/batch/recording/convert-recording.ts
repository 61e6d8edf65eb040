import type { Readable } from 'node:stream';
import type { Conversion } from '../../audio/ffmpeg/convert-audio.ts';
import type { ConvertOptions } from '../../audio/convert.ts';
import { convertInto } from '../../audio/convert-into.ts';
import { asFunAsrError, type FunAsrError } from '../../core/errors.ts';
import type { PlannedConversion } from '../plan/convert-plan.ts';
import { type ExpectedDuration, expectDuration } from '../plan/expected-duration.ts';
import { checkUnchanged, fileStamp } from '../state/content/file-stamp.ts';
import type { OutputFolder } from '../state/output-folder.ts';
import { failedStatus, isLoss } from './error-rules.ts';
import type { RunEventOf } from './run-events.ts';
import { STDIN } from '../plan/find-recordings.ts';
import { type RecordingResult } from '../report/results.ts';
import { reportError } from '../../core/reported-error.ts';
import { AtomicFile } from '../../core/system/atomic-file.ts';

/** Result of one recording of a run that converts. */
export interface ConversionResult extends RecordingResult {
  /** Whether the audio was copied without encoding it again. */
  readonly copied: boolean;
}

/** Progress of a recording, in ms. */
export interface ConversionProgress extends ExpectedDuration {
  readonly audioMs: number;
}

/** An event of a run that converts. */
export type ConvertRunEvent = RunEventOf<ConversionResult, ConversionProgress>;

/** Shared by all conversions of a run. */
export interface ConversionContext {
  readonly conversion: ConvertOptions;
  /** Read when the input is standard input. */
  readonly stdin: Readable;
  readonly openFolder: (path: string) => Promise<OutputFolder>;
  readonly onEvent: (event: ConvertRunEvent) => void;
}

/** Converts one recording into its output. Never throws: an error is in the result. */
export async function convertRecording(
  plan: PlannedConversion,
  context: ConversionContext,
): Promise<{ result: ConversionResult; error?: FunAsrError }> {
  const warnings: FunAsrError[] = [];
  try {
    const { durationMs, isCopy } = await convertComplete(plan, {
      ...context,
      onEvent(event) {
        if (event.type === 'warning') warnings.push(event.detail);
        context.onEvent(event);
      },
    });
    const result = {
      ...resultOf(plan.input, 'done', [plan.output]),
      durationMs: Math.round(durationMs),
      copied: isCopy,
      partial: warnings.some(isLoss),
      warnings: warnings.map(reportError),
    };
    return { result };
  } catch (cause) {
    const error = asFunAsrError(cause, plan.input);
    const failed = resultOf(plan.input, failedStatus(error), []);
    return { result: { ...failed, warnings: warnings.map(reportError), error: reportError(error) }, error };
  }
}

/** Result of a recording that was not converted. */
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
  { input, folder, output }: PlannedConversion,
  { conversion, stdin, openFolder, onEvent }: ConversionContext,
): Promise<Conversion> {
  const isFile = input !== STDIN;
  const expected = isFile ? await expectDuration(input, conversion) : {};
  const before = isFile && (await fileStamp(input));
  const file = await AtomicFile.create(output, (await openFolder(folder)).temporaryPath());
  try {
    const made = await convertInto(isFile ? input : stdin, file.path, conversion, {
      onProgress: (audioMs) => onEvent({ type: 'progress', input, detail: { audioMs, ...expected } }),
      onWarning: (detail) => onEvent({ type: 'warning', input, detail }),
    });
    if (before) await checkUnchanged(input, before);
    await file.complete();
    await file.place();
    return made;
  } finally {
    await file.discard();
  }
}
