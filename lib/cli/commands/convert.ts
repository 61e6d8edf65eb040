import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { convert as convertStream, type ConvertOptions } from '../../audio/convert.ts';
import { CONVERSION_FORMATS, type ConversionFormat, ENCODING_RULES } from '../../audio/ffmpeg/encoding.ts';
import { convertBatch } from '../../batch/convert-batch.ts';
import type { ConversionResult } from '../../batch/recording/convert-recording.ts';
import { STDIN } from '../../batch/plan/recordings.ts';
import type { RunReport } from '../../batch/report.ts';
import { Tally } from '../../batch/tally.ts';
import { FunAsrError, systemCode } from '../../core/errors.ts';
import { integer, number } from '../../core/options.ts';
import { parsed } from '../flags/arguments.ts';
import { finishRun } from '../run/finish-run.ts';
import { interruptible } from '../run/interruptible.ts';
import { Interruption } from '../run/interruption.ts';
import { warningLine } from '../terminal/failure.ts';
import { RunProgress } from '../run/run-progress.ts';

interface ConvertFlags {
  readonly to: ConversionFormat;
  readonly sampleRate?: number;
  readonly channels?: number;
  readonly bitrate?: number;
  readonly copy: boolean;
  readonly outputDir?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly concurrency?: number;
  /** In hours. */
  readonly maxDuration: number;
  readonly ffmpegPath?: string;
}

const EXAMPLES = `
Examples:
  fun-asr convert talk.wav --to mp3                                     write talk.mp3 beside it
  fun-asr convert talks/ --to wav --sample-rate 16000 --channels 1 -o out
  fun-asr convert talk.m4a --to aac                                     taken over as it is, without loss
  fun-asr convert talk.m4a --to aac --bitrate 256k                      encoded anew
  fun-asr convert "talks/**/*.flac" --to opus --bitrate 128k
  fun-asr convert - --to pcm < talk.mp3 > talk.pcm                      16 kHz, mono, s16le

Outputs that exist are left alone.
Exit codes: 0 all done, 1 some recording failed, 2 wrong use or something is missing on this machine,
130 and 143 interrupted.`;

export function define(command: Command): void {
  command
    .argument(
      '<input...>',
      'files, folders (with their sub-folders), glob patterns, or - for standard input, which goes to standard output',
    )
    .addOption(
      new Option('--to <format>', 'pcm is raw s16le, aac is ADTS, opus is in Ogg')
        .choices(CONVERSION_FORMATS)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--sample-rate <hz>', 'samples per second (those of the source; 16000 for pcm)').argParser(
        parsed(Number, ENCODING_RULES.sampleRate),
      ),
    )
    .addOption(
      new Option('--channels <n>', '1 or 2 (those of the source; 1 for pcm)').argParser(
        parsed(Number, ENCODING_RULES.channels),
      ),
    )
    .addOption(
      new Option('--bitrate <n>', 'bits per second, such as 128k (mp3: variable, best quality)').argParser(
        parsed(bitsPerSecond, ENCODING_RULES.bitrate),
      ),
    )
    .option('--no-copy', 'encode anew what is in the format already')
    .option('-o, --output-dir <dir>', 'folder for all outputs (beside each input)')
    .option('--force', 'replace outputs that are there')
    .option('--json', 'one JSON object a line on stdout: a result per recording, a summary last')
    .option('-q, --quiet', 'show failures only')
    .option('-v, --verbose', 'show what is skipped, too')
    .addOption(
      new Option('--concurrency <n>', 'recordings at a time (one a core)').argParser(
        parsed(Number, integer(1, 100)),
      ),
    )
    .addOption(
      new Option('--max-duration <hours>', 'refuse longer recordings')
        .argParser(parsed(Number, number(0.0001, 10_000, 'hours')))
        .default(12),
    )
    .option('--ffmpeg-path <path>', 'FFmpeg to use (the first that is found)')
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(inputs: string[], flags: ConvertFlags): Promise<void> {
  if (inputs.includes(STDIN) && flags.outputDir === undefined) await convertStdin(inputs, flags);
  else await convertRecordings(inputs, flags);
}

async function convertRecordings(inputs: readonly string[], flags: ConvertFlags): Promise<void> {
  const progress = new RunProgress<ConversionResult, RunReport>(flags, {
    result: ({ copied }) => (copied ? 'copied' : 'encoded'),
    skipped: 'there already',
    sums: () => [],
    nothing: new Tally().report(0),
  });
  const interruption = new Interruption(() => {
    progress.say('stopping; what is complete stays');
  });
  const { outputDir, force, concurrency } = flags;
  await finishRun(progress, interruption, () =>
    convertBatch({
      inputs,
      outputDir,
      force,
      concurrency,
      conversion: { ...convertOptions(flags), signal: interruption.stop },
      observer: progress,
      stdin: process.stdin,
    }),
  );
}

/** Standard input to standard output, which carries nothing else then. */
async function convertStdin(inputs: readonly string[], flags: ConvertFlags): Promise<void> {
  if (inputs.length > 1 || flags.json || process.stdout.isTTY) {
    throw new FunAsrError(
      'E_OPTION',
      'convert: - writes the audio to standard output, which must be free for it',
      {
        hint: 'Send it on to a file or a program, or name a folder with --output-dir.',
      },
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
      // Whoever reads has had enough, like head.
      if (systemCode(error) !== 'EPIPE') throw error;
    }
  });
}

function convertOptions({ to, sampleRate, channels, bitrate, copy, ...flags }: ConvertFlags): ConvertOptions {
  const maxDuration = Math.round(flags.maxDuration * 3_600_000);
  return { to, sampleRate, channels, bitrate, copy, maxDuration, ffmpegPath: flags.ffmpegPath };
}

/** `128k` is how FFmpeg has it. */
function bitsPerSecond(text: string): number {
  return text.endsWith('k') ? Number(text.slice(0, -1)) * 1000 : Number(text);
}
