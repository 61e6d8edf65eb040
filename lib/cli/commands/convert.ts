import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { convert as convertStream, type ConvertOptions } from '../../audio/convert.ts';
import { CONVERSION_FORMATS, type ConversionFormat, ENCODING_RULES } from '../../audio/ffmpeg/encoding.ts';
import { convertBatch } from '../../batch/convert-batch.ts';
import { canonicalInput, STDIN } from '../../batch/plan/find-recordings.ts';
import type { ConversionResult } from '../../batch/recording/convert-recording.ts';
import type { RunReport } from '../../batch/report/results.ts';
import { Totals } from '../../batch/report/totals.ts';
import { FunAsrError, systemCode } from '../../core/errors.ts';
import { outputDirOption } from '../flags/output-flags.ts';
import { parseValue } from '../flags/values/parse-value.ts';
import { addProcessingFlags, addReportFlags, maxDurationMs, type RunFlags } from '../flags/run-flags.ts';
import { finishRun } from '../run/batch/finish-run.ts';
import { interruptible } from '../run/interruptible.ts';
import { Interruption } from '../run/interruption.ts';
import { RunProgress } from '../run/batch/run-progress.ts';
import { warningLine } from '../terminal/error-line.ts';
import { addHelpText } from '../terminal/help.ts';

interface ConvertFlags extends RunFlags {
  readonly to: ConversionFormat;
  readonly sampleRate?: number;
  readonly channels?: number;
  readonly bitrate?: number;
  readonly copy: boolean;
  readonly outputDir?: string;
}

export function define(command: Command): void {
  command
    .argument(
      '<input...>',
      'files, folders (with sub-folders), glob patterns, or - for standard input, which is written to standard output',
    )
    .action(run);
  addEncodingFlags(command.optionsGroup('Format:'));
  command
    .optionsGroup('Output:')
    .addOption(outputDirOption('folder for all outputs (default: next to each input)'))
    .option('--force', 'replace existing outputs');
  addReportFlags(command);
  addProcessingFlags(command.optionsGroup('Processing:'), 'one per core');
  addHelpText(command, {
    examples: [
      ['fun-asr convert talk.wav --to mp3', 'writes talk.mp3'],
      ['fun-asr convert talks/ --to wav --sample-rate 16000 -o out', 'a folder with its sub-folders'],
      ['fun-asr convert talk.m4a --to aac', 'copies the AAC data without loss'],
      ['fun-asr convert talk.m4a --to aac --bitrate 256k', 'encodes again'],
      ['fun-asr convert "talks/**/*.flac" --to opus --bitrate 128k', ''],
      ['fun-asr convert - --to pcm < talk.mp3 > talk.pcm', '16 kHz, mono, s16le'],
    ],
    notes: [
      'Existing outputs are kept. Exit codes: 0 all done; 1 at least one recording failed; 2 wrong arguments, or ' +
        'something is missing on this machine; 130 or 143 interrupted.',
    ],
  });
}

function addEncodingFlags(command: Command): void {
  const { sampleRate, channels, bitrate } = ENCODING_RULES;
  command
    .addOption(
      new Option('--to <format>', 'pcm: raw s16le, aac: ADTS, opus: Ogg')
        .choices(CONVERSION_FORMATS)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--sample-rate <hz>', 'sample rate (default: same as the input; pcm: 16000)').argParser(
        parseValue(Number, sampleRate),
      ),
    )
    .addOption(
      new Option('--channels <n>', '1 or 2 (default: same as the input; pcm: 1)').argParser(
        parseValue(Number, channels),
      ),
    )
    .addOption(
      new Option('--bitrate <n>', 'bits per second, such as 128k (default: the encoder chooses)').argParser(
        parseValue(bitsPerSecond, bitrate),
      ),
    )
    .option('--no-copy', 'encode again when the input has the format already');
}

async function run(inputs: string[], flags: ConvertFlags): Promise<void> {
  if (inputs.map(canonicalInput).includes(STDIN) && flags.outputDir === undefined)
    await convertStdin(inputs, flags);
  else await convertRecordings(inputs, flags);
}

async function convertRecordings(inputs: readonly string[], flags: ConvertFlags): Promise<void> {
  const progress = new RunProgress<ConversionResult, RunReport>(flags, {
    result: ({ copied }) => (copied ? 'copied' : 'encoded'),
    skipped: 'output exists',
    totals: () => [],
    emptyReport: new Totals().report(0),
  });
  const interruption = new Interruption(() => {
    progress.notice('stopping; complete outputs are kept');
  });
  const { outputDir, force, concurrency } = flags;
  await finishRun(progress, interruption, () =>
    convertBatch({
      inputs,
      outputDir,
      force,
      concurrency,
      conversion: { ...convertOptions(flags), signal: interruption.stop },
      onEvent: (event) => progress.onEvent(event),
      stdin: process.stdin,
    }),
  );
}

/** Converts standard input to standard output, which carries nothing else. */
async function convertStdin(inputs: readonly string[], flags: ConvertFlags): Promise<void> {
  if (inputs.length > 1 || flags.json || process.stdout.isTTY) {
    throw new FunAsrError(
      'E_OPTION',
      'convert: - writes audio to standard output, which excludes other inputs, --json and a terminal',
      { hint: 'Redirect standard output, or set --output-dir.' },
    );
  }
  await interruptible(async (signal) => {
    const stage = convertStream({ ...convertOptions(flags), signal });
    stage.on('warning', (warning: FunAsrError) => {
      if (!flags.quiet) process.stderr.write(`${warningLine(warning)}\n`);
    });
    try {
      await pipeline(process.stdin, stage, process.stdout);
    } catch (error) {
      // The reader has closed the pipe, like head.
      if (systemCode(error) !== 'EPIPE') throw error;
    }
  });
}

function convertOptions(flags: ConvertFlags): ConvertOptions {
  const { to, sampleRate, channels, bitrate, copy, ffmpegPath } = flags;
  return { to, sampleRate, channels, bitrate, copy, maxDurationMs: maxDurationMs(flags), ffmpegPath };
}

/** Parses a bit rate as FFmpeg does: `128k` is 128000. */
function bitsPerSecond(text: string): number {
  return text.endsWith('k') ? Number(text.slice(0, -1)) * 1000 : Number(text);
}
