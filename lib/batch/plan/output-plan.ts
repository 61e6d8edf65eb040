import { createHash } from 'node:crypto';
import { basename, dirname, join, parse } from 'node:path';
import { pathInRealFolder } from '../state/real-folder.ts';
import { type FoundRecording, STDIN } from './find-recordings.ts';
import { freeStem } from './free-stem.ts';

/** The stem of the outputs of standard input. */
const STDIN_STEM = 'stdin';

/** A recording, and where its outputs go. */
export interface PlannedRecording {
  readonly input: string;
  /** Folder of the outputs. */
  readonly folder: string;
  /** Name of the outputs without their extension: for `talk`, they are `talk.srt` and `talk.partial.srt`. */
  readonly stem: string;
}

/**
 * Chooses the names of all outputs before the first recording is processed. The stem of `talk.mp3` is `talk`. When two
 * recordings would get the same name, each keeps its extension (`talk.mp3`, `talk.wav`). When these are the same too,
 * each gets a digest of its path, which does not depend on the other recordings of the run.
 * @param outputDir Folder for all outputs, below which sub-folders are kept. @default beside each input
 * @param stdinStem The stem of standard input.
 */
export function planOutputs(
  recordings: readonly FoundRecording[],
  outputDir?: string,
  stdinStem: string = STDIN_STEM,
): PlannedRecording[] {
  const plans = recordings.map((recording) => ({
    input: recording.input,
    folder: outputDir === undefined ? dirname(pathOf(recording.input)) : join(outputDir, recording.subfolder),
    stem: recording.input === STDIN ? stdinStem : parse(recording.input).name,
  }));
  const withExtensions = renameClashes(plans, ({ input }) => basename(pathOf(input)));
  return renameClashes(withExtensions, ({ input, stem }) => `${stem}~${digest(pathInRealFolder(input))}`).map(
    (plan) => {
      const stem = shorten(plan.stem);
      return stem === plan.stem ? plan : { ...plan, stem };
    },
  );
}

/**
 * Chooses the names of all outputs of a run that transcribes, as {@link planOutputs} does. The outputs of standard input
 * never replace those of an earlier one: the next stem is `stdin-2`.
 * @param suffix Is added to all stems, after a point: `talk.en`. @default none
 * @throws {FunAsrError} `E_WRITE` when the folder for standard input cannot be read.
 */
export async function planTranscripts(
  recordings: readonly FoundRecording[],
  outputDir?: string,
  suffix?: string,
): Promise<PlannedRecording[]> {
  const hasStdin = recordings.some(({ input }) => input === STDIN);
  const stdinStem = hasStdin ? await freeStem(outputDir ?? '.', STDIN_STEM) : undefined;
  const plans = planOutputs(recordings, outputDir, stdinStem);
  if (suffix === undefined) return plans;
  return plans.map((plan) => ({ ...plan, stem: `${plan.stem}.${suffix}` }));
}

/** Standard input counts as a file in the current folder. */
function pathOf(input: string): string {
  return input === STDIN ? STDIN_STEM : input;
}

/** Renames until all names differ: a new name may be the same as that of another recording. */
function renameClashes(
  plans: readonly PlannedRecording[],
  rename: (plan: PlannedRecording) => string,
): PlannedRecording[] {
  const uses = new Map<string, number>();
  for (const plan of plans) uses.set(nameKey(plan), (uses.get(nameKey(plan)) ?? 0) + 1);
  const renamed = plans.map((plan) =>
    uses.get(nameKey(plan)) === 1 ? plan : { ...plan, stem: rename(plan) },
  );
  const changed = renamed.some((plan, index) => plan.stem !== plans[index]?.stem);
  return changed ? renameClashes(renamed, rename) : renamed;
}

/** The partial outputs of `talk` are named as the outputs of `talk.partial`: these two have one key. */
function nameKey({ folder, stem }: PlannedRecording): string {
  return pathKey(join(folder, stem)).replace(/(?:\.partial)+$/, '');
}

/**
 * The same for all paths of one file: through links to its folder, and, as on many disks, with another case or another
 * Unicode composition.
 */
export function pathKey(path: string): string {
  return pathInRealFolder(path).normalize('NFC').toLowerCase();
}

/** Bytes that a file name may have on all usual disks, without the longest ending of an output. */
const MAX_STEM_BYTES = 255 - Buffer.byteLength('.partial.jsonl');

function shorten(stem: string): string {
  if (Buffer.byteLength(stem) <= MAX_STEM_BYTES) return stem;
  const mark = `~${digest(stem)}`;
  let short = '';
  for (const character of stem) {
    if (Buffer.byteLength(short + character + mark) > MAX_STEM_BYTES) break;
    short += character;
  }
  return short + mark;
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 8);
}
