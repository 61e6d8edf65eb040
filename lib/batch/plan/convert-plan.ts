import { join } from 'node:path';
import type { ConversionFormat } from '../../audio/ffmpeg/encoding.ts';
import { pathKey, type PlannedRecording, planOutputs } from './output-plan.ts';
import { type FoundRecording, STDIN } from './find-recordings.ts';

/** A recording, and the file that it will be converted into. */
export interface PlannedConversion extends PlannedRecording {
  /** File name of the output. */
  readonly name: string;
  /** Path of the output. */
  readonly output: string;
}

/** The conversions of a run. */
export interface ConversionPlan {
  readonly conversions: readonly PlannedConversion[];
  /**
   * Recordings that are their own outputs, such as the `talk.mp3` of a folder that is converted to mp3. They are often
   * the outputs of an earlier run: they are not converted, and the names of other outputs do not depend on them.
   */
  readonly ownOutputs: readonly string[];
}

/**
 * Chooses the names of all outputs, as {@link planOutputs} does.
 * @param outputDir Folder for all outputs, below which sub-folders are kept. @default beside each input
 */
export function planConversions(
  recordings: readonly FoundRecording[],
  to: ConversionFormat,
  outputDir?: string,
): ConversionPlan {
  const conversionsOf = (some: readonly FoundRecording[]): PlannedConversion[] =>
    planOutputs(some, outputDir).map((plan) => {
      const name = `${plan.stem}.${to}`;
      return { ...plan, name, output: join(plan.folder, name) };
    });
  const isOwnOutput = (recording: FoundRecording): boolean =>
    recording.input !== STDIN &&
    conversionsOf([recording]).some(({ output }) => pathKey(output) === pathKey(recording.input));
  return {
    conversions: conversionsOf(recordings.filter((recording) => !isOwnOutput(recording))),
    ownOutputs: recordings.filter(isOwnOutput).map(({ input }) => input),
  };
}
