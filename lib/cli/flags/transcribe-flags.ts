import { type Command, Option } from 'commander';
import { anyOf, integer, number, oneOf } from '../../core/options.ts';
import type { TranscribeOptions } from '../../transcribe.ts';
import { parsed } from './parse-value.ts';
import { addEngineFlags, type EngineFlags, engineOptions } from './engine-flags.ts';
import { addOutputFlags, type OutputFlags } from './output-flags.ts';
import { addRecognitionFlags, type RecognitionFlags, recognitionOptions } from './recognition-flags.ts';

/** The flags of `transcribe`, as commander gives them. */
export interface TranscribeFlags extends OutputFlags, EngineFlags, RecognitionFlags {
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly concurrency?: number;
  readonly pace: 'asap' | 'realtime' | number;
  /** In hours. */
  readonly maxDuration: number;
  readonly ffmpegPath?: string;
  readonly dryRun?: boolean;
}

export function addTranscribeFlags(command: Command): void {
  addOutputFlags(command, 'folder for all outputs (beside each input)');
  command
    .option('--force', 'do again what is done, from the beginning, and replace outputs that are there')
    .option('--json', 'one JSON object a line on stdout: a result per recording, a summary last')
    .option('-q, --quiet', 'show failures only')
    .option('-v, --verbose', 'show what is skipped, too');
  addEngineFlags(command);
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
  return {
    ...recognitionOptions(flags),
    ...engineOptions(flags),
    ffmpegPath: flags.ffmpegPath,
    pace: flags.pace,
    maxDuration: Math.round(flags.maxDuration * 3_600_000),
  };
}

function pace(text: string): string | number {
  return Number.isNaN(Number(text)) ? text : Number(text);
}
