import { type Command, Option } from 'commander';
import type { BatchOptions } from '../../batch/batch-options.ts';
import { anyOf, number, oneOf } from '../../core/options.ts';
import { AUTO } from '../../core/text/language-code.ts';
import { TRANSCRIBE_RULES, type TranscribeOptions } from '../../transcribe-options.ts';
import { addCueFlags, type CueFlags, cueOptions } from './cue-flags.ts';
import { addEngineFlags, type EngineFlags, engineOptions, modelOption } from './engine-flags.ts';
import { addInputFlags, type InputFlags } from './input-flags.ts';
import { rejectMisspeltFlags } from './misspelt-flags.ts';
import { addOutputFlags, type OutputFlags } from './output-flags.ts';
import { parseValue, splitList } from './values/parse-value.ts';
import { addTranscriptFlags, type TranscriptFlags, transcriptOptions } from './transcript-flags.ts';
import { FunAsrError } from '../../core/errors.ts';
import { addHtmlReportFlags, type HtmlReportFlags, reportOptions } from './report-flags.ts';
import { addRecognitionFlags, type RecognitionFlags, recognitionOptions } from './recognition-flags.ts';
import {
  addCostFlags,
  type CostFlags,
  addProcessingFlags,
  addReportFlags,
  maxDurationMs,
  maxDurationOption,
  type RunFlags,
} from './run-flags.ts';

/** Values of the flags of `transcribe`. */
export interface TranscribeFlags
  extends InputFlags,
    OutputFlags,
    EngineFlags,
    RecognitionFlags,
    RunFlags,
    CostFlags,
    HtmlReportFlags,
    CueFlags,
    TranscriptFlags,
    SelectionFlags {
  readonly dryRun?: boolean;
}

/** Values of the flags that select the audio of a recording, and the speed at which it is sent. */
interface SelectionFlags {
  readonly pace: 'asap' | 'realtime' | number;
  readonly channels?: 'mix' | 'split' | number;
  readonly speakers?: string[];
  readonly audioTrack?: number | string;
  readonly centre: boolean;
}

/** Describes the default of `--concurrency`. */
export const DEFAULT_CONCURRENCY = 'cloud 4, local one per core';

/** @param kind `watch` reads a folder, and has no outputs on standard output and no dry run. */
export function addTranscribeFlags(command: Command, kind: 'transcribe' | 'watch' = 'transcribe'): void {
  const isWatch = kind === 'watch';
  if (!isWatch) addInputFlags(command);
  const stdout = isWatch ? '' : '; - is standard output';
  addOutputFlags(command, `folder for all outputs${stdout} (default: next to each input)`, {
    takesStdout: !isWatch,
  });
  addTranscriptFlags(command);
  command.option('--force', 'process finished recordings again, and replace existing outputs');
  addReportFlags(command);
  addHtmlReportFlags(command);
  addEngineFlags(command, { takesList: true });
  addSelectionFlags(command.optionsGroup('Audio:'));
  command.optionsGroup('Processing:');
  addProcessingFlags(command, DEFAULT_CONCURRENCY).addOption(paceOption());
  if (!isWatch)
    command.option('--dry-run', 'print what would be done, durations and estimated cost; send nothing');
  addCostFlags(command.optionsGroup('Cost:'));
  addCueFlags(command);
  addRecognitionFlags(command);
  rejectMisspeltFlags(command);
}

/** Values of the flags of `queue add`: those of `transcribe` that belong to a recording, and not to a worker. */
export type JobFlags = InputFlags &
  CueFlags &
  TranscriptFlags &
  OutputFlags &
  RecognitionFlags &
  SelectionFlags &
  Pick<RunFlags, 'force' | 'json' | 'quiet' | 'maxDuration'> &
  CostFlags &
  Pick<EngineFlags, 'model'>;

/** Adds the flags that belong to a recording of a queue. */
export function addJobFlags(command: Command): void {
  addInputFlags(command);
  addOutputFlags(command, 'folder for all outputs, below the root (default: next to each input)');
  addTranscriptFlags(command);
  command.option('--force', 'process finished recordings again, and replace existing outputs');
  command.option('--json', 'print the counts as JSON').option('-q, --quiet', 'print errors only');
  addSelectionFlags(command.optionsGroup('Audio:'));
  command
    .optionsGroup('Processing:')
    .addOption(modelOption())
    .addOption(maxDurationOption())
    .addOption(paceOption());
  addCostFlags(command.optionsGroup('Cost, of all recordings of the queue:'));
  addCueFlags(command);
  addRecognitionFlags(command);
  rejectMisspeltFlags(command);
}

/** Converts the flags to the options of a batch, except for its inputs and for how each recording is transcribed. */
export function batchOptions(flags: TranscribeFlags): Omit<BatchOptions, 'inputs' | 'transcription'> {
  const { outputDir, concurrency, force, outputFormat: formats, maxCost, freeQuota, price } = flags;
  const report = reportOptions(flags, outputDir);
  return {
    outputDir,
    formats,
    ...layoutOptions(flags),
    nextEngines: flags.engine.slice(1),
    concurrency,
    force,
    maxCost,
    freeQuota,
    price,
    report,
  };
}

/**
 * Converts the flags to how outputs are laid out and named.
 * @throws {FunAsrError} `E_OPTION` for `--language-suffix` without a language: names are chosen before any text is known.
 */
export function layoutOptions(
  flags: CueFlags & TranscriptFlags,
): Pick<BatchOptions, 'layout' | 'languageSuffix'> {
  const { language, languageSuffix } = flags;
  if (languageSuffix && (language === undefined || language === AUTO)) {
    throw new FunAsrError('E_OPTION', '--language-suffix needs --language', {
      hint: 'Add --language, such as --language en.',
    });
  }
  return {
    layout: { ...cueOptions(flags), ...transcriptOptions(flags) },
    ...(languageSuffix && { languageSuffix: language }),
  };
}

/** Converts the flags to the options of `transcribe()`. */
export function transcribeOptions(flags: TranscribeFlags): TranscribeOptions {
  return { ...jobOptions(flags), ...engineOptions(flags), ffmpegPath: flags.ffmpegPath };
}

/** Converts the flags that belong to a recording to options of `transcribe()`. */
export function jobOptions(
  flags: SelectionFlags & RecognitionFlags & Pick<RunFlags, 'maxDuration'>,
): TranscribeOptions {
  return {
    ...recognitionOptions(flags),
    pace: flags.pace,
    channels: flags.channels,
    speakers: flags.speakers,
    audioTrack: flags.audioTrack,
    centre: flags.centre ? undefined : 'off',
    maxDurationMs: maxDurationMs(flags),
  };
}

/** Adds the flags that select the audio of a recording. */
function addSelectionFlags(command: Command): void {
  const { channels, speakers, audioTrack } = TRANSCRIBE_RULES;
  command
    .addOption(
      new Option(
        '--channels <which>',
        'mix, split (one recognition per channel, for calls), or one channel, counted from 0',
      ).argParser(parseValue(numberOrText, channels)),
    )
    .addOption(
      new Option(
        '--speakers <list>',
        'names for the channels of a split recording, such as Ann,Bob',
      ).argParser(parseValue(splitList, speakers)),
    )
    .addOption(
      new Option(
        '--audio-track <which>',
        'number (1, 2, …) or language (eng, zh, …) of the audio track',
      ).argParser(parseValue(numberOrText, audioTrack)),
    )
    .option('--no-centre', 'do not prefer the centre channel of surround sound');
}

function paceOption(): Option {
  return new Option('--pace <speed>', 'asap, realtime, or a multiple of real time')
    .argParser(parseValue(parsePace, anyOf(oneOf('asap', 'realtime'), number(0.01, 1000, 'times real time'))))
    .default('asap');
}

function numberOrText(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function parsePace(text: string): string | number {
  return Number.isNaN(Number(text)) ? text : Number(text);
}
