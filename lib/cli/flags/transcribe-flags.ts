import { type Command, Option } from 'commander';
import { anyOf, number, oneOf } from '../../core/options.ts';
import type { TranscribeOptions } from '../../transcribe.ts';
import { addEngineFlags, type EngineFlags, engineOptions } from './engine-flags.ts';
import { addOutputFlags, type OutputFlags } from './output-flags.ts';
import { parseValue } from './parse-value.ts';
import { addRecognitionFlags, type RecognitionFlags, recognitionOptions } from './recognition-flags.ts';
import { addProcessingFlags, addReportFlags, maxDurationMs, type RunFlags } from './run-flags.ts';

/** Values of the flags of `transcribe`. */
export interface TranscribeFlags extends OutputFlags, EngineFlags, RecognitionFlags, RunFlags {
  readonly pace: 'asap' | 'realtime' | number;
  readonly dryRun?: boolean;
}

export function addTranscribeFlags(command: Command): void {
  addOutputFlags(command, 'folder for all outputs (default: next to each input)');
  command.option('--force', 'process finished recordings again, and replace existing outputs');
  addReportFlags(command);
  addEngineFlags(command);
  command.optionsGroup('Processing:');
  addProcessingFlags(command, 'cloud 4, local one per core')
    .addOption(
      new Option('--pace <speed>', 'asap, realtime, or a multiple of real time')
        .argParser(
          parseValue(parsePace, anyOf(oneOf('asap', 'realtime'), number(0.01, 1000, 'times real time'))),
        )
        .default('asap'),
    )
    .option('--dry-run', 'print what would be done, durations and estimated cost; send nothing');
  addRecognitionFlags(command);
}

/** Converts the flags to the options of `transcribe()`. */
export function transcribeOptions(flags: TranscribeFlags): TranscribeOptions {
  return {
    ...recognitionOptions(flags),
    ...engineOptions(flags),
    ffmpegPath: flags.ffmpegPath,
    pace: flags.pace,
    maxDurationMs: maxDurationMs(flags),
  };
}

function parsePace(text: string): string | number {
  return Number.isNaN(Number(text)) ? text : Number(text);
}
