import { join } from 'node:path';
import type { ConversionFormat } from '../../audio/ffmpeg/encoding.ts';
import { pathKey, type PlannedRecording, planOutputs } from './output-plan.ts';
import { type Recording, STDIN } from './recordings.ts';

/** A recording, and the file that it is to be converted into. */
export interface PlannedConversion extends PlannedRecording {
  /** File name of the output. */
  readonly name: string;
  /** Path of the output. */
  readonly output: string;
}

/** What is to become of the recordings of a run. */
export interface ConversionPlan {
  readonly conversions: readonly PlannedConversion[];
  /**
   * Recordings whose output would be themselves, such as the `talk.mp3` of a folder that is converted to mp3:
   * what an earlier run has made there is no recording to be converted, nor one that another must give way to.
   */
  readonly ownOutputs: readonly string[];
}

/**
 * Decides on the names of all outputs before anything starts, as {@link planOutputs} does.
 * @param outputDir Folder for all outputs, below which sub-folders are kept. @default beside each input
 */
export function planConversions(
  recordings: readonly Recording[],
  to: ConversionFormat,
  outputDir?: string,
): ConversionPlan {
  const conversionsOf = (some: readonly Recording[]): PlannedConversion[] =>
    planOutputs(some, outputDir).map((plan) => {
      const name = `${plan.stem}.${to}`;
      return { ...plan, name, output: join(plan.folder, name) };
    });
  const isOwnOutput = (recording: Recording): boolean =>
    recording.input !== STDIN &&
    conversionsOf([recording]).some(({ output }) => pathKey(output) === pathKey(recording.input));
  return {
    conversions: conversionsOf(recordings.filter((recording) => !isOwnOutput(recording))),
    ownOutputs: recordings.filter(isOwnOutput).map(({ input }) => input),
  };
}
