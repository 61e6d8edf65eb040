import { createHash } from 'node:crypto';
import { basename, dirname, join, parse } from 'node:path';
import { pathInRealFolder } from './real-folder.ts';
import { type FoundRecording, STDIN } from './find-recordings.ts';

/** A recording, and where its outputs go. */
export interface PlannedRecording {
  readonly input: string;
  /** Folder of the outputs. */
  readonly folder: string;
  /** Name of the outputs without their extension: `talk` gives `talk.srt` and `talk.partial.srt`. */
  readonly stem: string;
}

/**
 * Decides on the names of all outputs before anything starts. `talk.mp3` gives `talk`; where recordings would
 * get one name, each keeps its extension (`talk.mp3`, `talk.wav`); where that is not enough, a few characters
 * made from its path tell them apart, so that a name does not depend on what else is in the run.
 * @param outputDir Folder for all outputs, below which sub-folders are kept. @default beside each input
 */
export function planOutputs(recordings: readonly FoundRecording[], outputDir?: string): PlannedRecording[] {
  const plans = recordings.map((recording) => ({
    input: recording.input,
    folder: outputDir === undefined ? dirname(pathOf(recording.input)) : join(outputDir, recording.subfolder),
    stem: parse(pathOf(recording.input)).name,
  }));
  const withExtensions = renameClashes(plans, ({ input }) => basename(pathOf(input)));
  return renameClashes(withExtensions, ({ input, stem }) => `${stem}~${digest(pathInRealFolder(input))}`).map(
    (plan) => ({ ...plan, stem: shorten(plan.stem) }),
  );
}

/** Standard input is treated as a file `stdin` of the current folder. */
function pathOf(input: string): string {
  return input === STDIN ? 'stdin' : input;
}

/** Renames until no two are alike: a new name may be one that another recording had all along. */
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

function nameKey({ folder, stem }: PlannedRecording): string {
  return pathKey(join(folder, stem));
}

/**
 * Alike for paths of one file: those that lead to its folder by links, and, as on many disks, those that differ only
 * in case or in Unicode composition.
 */
export function pathKey(path: string): string {
  return pathInRealFolder(path).normalize('NFC').toLowerCase();
}

/** Bytes that a file name may have on every usual disk, less the longest ending that is put behind the stem. */
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
