import { createHash } from 'node:crypto';
import { join, relative, resolve, sep } from 'node:path';
import { FunAsrError } from '../../core/errors.ts';
import {
  anyObject,
  anyText,
  checkOptions,
  listOf,
  number,
  oneOf,
  type Rule,
  type Rules,
  text,
} from '../../core/options.ts';
import { PARAMETER_NAMES, type RecognitionParameters } from '../../protocol/parameters.ts';
import { LIMIT_NAMES, type Limits } from '../../recognition/task/client-limits.ts';
import {
  checkLayout,
  OUTPUT_FORMATS,
  type OutputFormat,
  type OutputLayout,
} from '../../subtitles/formats.ts';
import { TRANSCRIBE_RULES, type TranscribeOptions } from '../../transcribe-options.ts';
import type { PlannedRecording } from '../plan/output-plan.ts';
import type { RunCost } from '../cost.ts';
import type { Consumption } from '../report/consumption.ts';
import type { TranscriptionResult } from '../report/results.ts';
import { pathInRealFolder, realFolder } from '../state/real-folder.ts';

/** The options of `transcribe()` that a job has. The address, the key and the engine are those of the worker. */
type JobOptions = RecognitionParameters &
  Partial<Limits> &
  Pick<
    TranscribeOptions,
    'model' | 'channels' | 'speakers' | 'centre' | 'audioTrack' | 'maxDurationMs' | 'pace'
  >;

const JOB_OPTIONS: readonly (keyof JobOptions)[] = [
  ...PARAMETER_NAMES,
  ...LIMIT_NAMES,
  'model',
  'channels',
  'speakers',
  'centre',
  'audioTrack',
  'maxDurationMs',
  'pace',
];

/** What a job says: one recording, and how to transcribe it. Paths are relative to the root, with `/`. */
export interface JobData {
  readonly input: string;
  /** Folder of the outputs; empty for the root. */
  readonly folder: string;
  /** Name of the outputs without their extension. */
  readonly stem: string;
  readonly formats: readonly OutputFormat[];
  /** How they are laid out. @default as outputs are by default */
  readonly layout?: OutputLayout | undefined;
  /** SHA-256 of the recording when it was added, in hexadecimal. Copies are not transcribed at the same time. */
  readonly content: string;
  /** Text that was recognised before this time is not used, in ms since 1970. @default all text is used */
  readonly forceBefore?: number | undefined;
  /** As in `CostOptions`, for all recordings of the queue together. */
  readonly maxCost?: number | undefined;
  readonly freeQuota?: number | undefined;
  readonly price?: number | undefined;
  readonly options: JobOptions;
}

/** The result of a job. */
export interface JobResult {
  /** Its paths are relative to the root. */
  readonly result: TranscriptionResult;
  /** The digest of the settings that its text belongs to. The files of a model may be on the machine of the worker only. */
  readonly settings: string;
  readonly consumption: Consumption;
  /** Cost of this attempt; null when no price is known. */
  readonly cost: number | null;
  readonly currency: RunCost['currency'];
  readonly elapsedMs: number;
}

const noNul: Rule = (value) =>
  anyText(value) ?? (String(value).includes('\0') ? 'must not contain a NUL character' : undefined);

const JOB_RULES: Rules<JobData> = {
  input: noNul,
  folder: noNul,
  stem: (value) => text(value) ?? (/[\\/\0]/.test(String(value)) ? 'must be a file name' : undefined),
  formats: listOf(oneOf(...Object.keys(OUTPUT_FORMATS))),
  layout: anyObject,
  content: text,
  forceBefore: number(0, Number.MAX_SAFE_INTEGER),
  maxCost: number(0, 1e9),
  freeQuota: number(0, 1e9),
  price: number(0, 1e9),
  options: anyObject,
};

/** The options of a transcription that a job takes along. */
export function jobOptions(transcription: TranscribeOptions): JobOptions {
  const given = JOB_OPTIONS.filter((name) => transcription[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, transcription[name]]));
}

/**
 * Checks a job that was read from Redis, which others can write to.
 * @throws {FunAsrError} `E_OPTION`
 */
export function checkJob(data: JobData): void {
  checkOptions('the job', data, JOB_RULES);
  const required = ['input', 'folder', 'stem', 'formats', 'content', 'options'] as const;
  const missing = required.find((name) => data[name] === undefined);
  if (missing !== undefined) throw new FunAsrError('E_OPTION', `the job has no ${missing}`);
  checkLayout('the job', data.layout ?? {});
  const rules = JOB_OPTIONS.map((name) => [name, TRANSCRIBE_RULES[name]]);
  checkOptions('the job', data.options, Object.fromEntries(rules) as Rules<JobOptions>);
}

/** The id of a job: the same recording, output names and options have the same one, whatever formats are asked for. */
export function jobId({ input, folder, stem, options }: JobData): string {
  return createHash('sha256')
    .update(JSON.stringify([input, folder, stem, options]))
    .digest('hex')
    .slice(0, 32);
}

/** Identifies what is recognised: jobs for copies of a recording have the same. */
export function contentId({ content, options }: JobData): string {
  return createHash('sha256')
    .update(JSON.stringify([content, options]))
    .digest('hex')
    .slice(0, 32);
}

/**
 * The path of a file below the root, relative to it.
 * @throws {FunAsrError} `E_OPTION` when it is elsewhere.
 */
export function pathBelow(root: string, path: string, isFolder = false): string {
  const below = relative(realFolder(root), isFolder ? realFolder(path) : pathInRealFolder(path));
  if (isAbove(below)) {
    throw new FunAsrError('E_OPTION', `${path}: is not below the root folder ${root}`, {
      hint: 'Name the folder that all workers share with --root.',
    });
  }
  return below.split(sep).join('/');
}

/**
 * The recording of a job on this machine.
 * @throws {FunAsrError} `E_OPTION` when a path leads out of the root.
 */
export function planOf({ input, folder, stem }: JobData, root: string): PlannedRecording {
  for (const path of [input, folder]) {
    if (!isAbove(relative(root, resolve(root, path)))) continue;
    throw new FunAsrError('E_OPTION', `${path}: leads out of the root folder`);
  }
  return { input: join(root, input), folder: join(root, folder), stem };
}

function isAbove(path: string): boolean {
  return path === '..' || path.startsWith(`..${sep}`) || resolve(path) === path;
}
