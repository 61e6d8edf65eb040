import { type Command, Option } from 'commander';
import { DEFAULT_FORMATS, FORMATS, type Format } from '../batch/formats.ts';
import type { EngineName } from '../engine.ts';
import { anyOf, integer, listOf, number, oneOf } from '../options.ts';
import { DEFAULT_MODEL, type Region } from '../recognition/models.ts';
import type { TranscribeOptions } from '../transcribe.ts';
import { parsed, words } from './arguments.ts';
import { addRecognitionFlags, type RecognitionFlags, recognitionOptions } from './recognition-flags.ts';

/** The flags of `transcribe`, as commander gives them. */
export interface TranscribeFlags extends RecognitionFlags {
  readonly outputDir?: string;
  readonly outputFormat: readonly Format[];
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly engine: 'auto' | EngineName;
  readonly model?: string;
  readonly region?: Region;
  readonly baseUrl?: string;
  readonly workspaceId?: string;
  readonly concurrency?: number;
  readonly pace: 'asap' | 'realtime' | number;
  /** In hours. */
  readonly maxDuration: number;
  readonly ffmpegPath?: string;
  readonly dryRun?: boolean;
}

export function addTranscribeFlags(command: Command): void {
  command
    .optionsGroup('Output:')
    .option('-o, --output-dir <dir>', 'folder for all outputs (beside each input)')
    .addOption(
      new Option('-f, --output-format <list>', `some of ${Object.keys(FORMATS).join(', ')}; or all`)
        .argParser(formats)
        .default(DEFAULT_FORMATS, DEFAULT_FORMATS.join(',')),
    )
    .option('--force', 'do again what is done, and replace outputs that are there')
    .option('--json', 'one JSON object a line on stdout: a result per recording, a summary last')
    .option('-q, --quiet', 'show failures only')
    .option('-v, --verbose', 'show what is skipped, too');
  command
    .optionsGroup('Engine:')
    .addOption(
      new Option('--engine <name>', 'auto is the cloud when a key is set, else local')
        .choices(['auto', 'cloud', 'local'])
        .default('auto'),
    )
    .option('-m, --model <name>', `model of the engine (${DEFAULT_MODEL}; locally moonshine-base)`)
    .addOption(
      new Option('--region <name>', 'intl is Singapore, cn is Beijing (intl)').choices(['intl', 'cn']),
    )
    .option('--base-url <url>', 'the whole WebSocket URL of another service')
    .option('--workspace-id <id>', 'workspace that the calls belong to');
  command
    .optionsGroup('Work:')
    .addOption(
      new Option('--concurrency <n>', 'recordings at a time (cloud 4, local one a core)').argParser(
        parsed(Number, integer(1, 100)),
      ),
    )
    .addOption(
      new Option('--pace <speed>', 'asap, realtime, or how many times real time')
        .argParser(parsed(pace, anyOf(oneOf('asap', 'realtime'), number(0.01, 1000, 'times real time'))))
        .default('asap'),
    )
    .addOption(
      new Option('--max-duration <hours>', 'refuse longer recordings')
        .argParser(parsed(Number, number(0.0001, 10_000, 'hours')))
        .default(12),
    )
    .option('--ffmpeg-path <path>', 'FFmpeg to use (the first that is found)')
    .option('--dry-run', 'show what would be done, durations and estimated cost; send nothing');
  addRecognitionFlags(command);
}

/** The flags as options of `transcribe()`. */
export function transcribeOptions(flags: TranscribeFlags): TranscribeOptions {
  const { engine, model, region, baseUrl, workspaceId, ffmpegPath } = flags;
  return {
    ...recognitionOptions(flags),
    engine,
    model,
    region,
    baseUrl,
    workspaceId,
    ffmpegPath,
    pace: flags.pace,
    maxDuration: Math.round(flags.maxDuration * 3_600_000),
  };
}

const names = Object.keys(FORMATS) as Format[];

function formats(text: string): Format[] {
  const list = parsed(words, listOf(oneOf(...names, 'all')))(text);
  return names.filter((name) => list.includes(name) || list.includes('all'));
}

function pace(text: string): string | number {
  return Number.isNaN(Number(text)) ? text : Number(text);
}
