import { type Command, Option } from 'commander';
import { integer, number } from '../../core/options.ts';
import { parseValue } from './values/parse-value.ts';

/** Flags of every command that processes recordings. */
export interface RunFlags {
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly concurrency?: number;
  /** In hours. */
  readonly maxDuration: number;
  readonly ffmpegPath?: string;
}

/** Adds the flags for what a run writes to the terminal. */
export function addReportFlags(command: Command): Command {
  return command
    .option('--json', 'print JSON, one object per line: a result per recording, then a summary')
    .option('-q, --quiet', 'print errors only')
    .option('-v, --verbose', 'also print what is skipped');
}

/**
 * Adds the flags for how recordings are processed.
 * @param defaultConcurrency Description of the default of `--concurrency`.
 */
export function addProcessingFlags(command: Command, defaultConcurrency: string): Command {
  return command
    .addOption(concurrencyOption(defaultConcurrency))
    .addOption(maxDurationOption())
    .addOption(ffmpegPathOption());
}

/**
 * `--concurrency`
 * @param preset Description of its default.
 */
export function concurrencyOption(preset: string): Option {
  return new Option('--concurrency <n>', `recordings at the same time (default: ${preset})`).argParser(
    parseValue(Number, integer(1, 100)),
  );
}

/** `--max-duration` */
export function maxDurationOption(): Option {
  return new Option('--max-duration <hours>', 'reject longer recordings')
    .argParser(parseValue(Number, number(0.0001, 10_000, 'hours')))
    .default(12);
}

/** `--ffmpeg-path`, for every command that runs FFmpeg. */
export function ffmpegPathOption(): Option {
  return new Option('--ffmpeg-path <path>', 'FFmpeg to use (default: the first one found)');
}

/** `--max-duration` in ms. */
export function maxDurationMs({ maxDuration }: Pick<RunFlags, 'maxDuration'>): number {
  return Math.round(maxDuration * 3_600_000);
}

/** Flags that limit what a run costs. */
export interface CostFlags {
  readonly maxCost?: number;
  /** In seconds. */
  readonly freeQuota?: number;
  /** Of one second. */
  readonly price?: number;
}

/** Adds the flags that limit what a run costs. */
export function addCostFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--max-cost <amount>',
        'begin no recording that passes this cost, in the currency of the price',
      ).argParser(parseAmount),
    )
    .addOption(
      new Option(
        '--free-quota <seconds>',
        'audio that is free for the account; alone, the run stops at its end',
      ).argParser(parseAmount),
    )
    .addOption(
      new Option(
        '--price <amount>',
        'price of one second, for a model that is not in the price list',
      ).argParser(parseAmount),
    );
}

const parseAmount = parseValue(Number, number(0, 1e9));
