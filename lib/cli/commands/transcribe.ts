import type { Command } from 'commander';
import { transcribeBatch } from '../../batch/batch.ts';
import { canonicalInput, STDIN } from '../../batch/plan/find-recordings.ts';
import type { RunEvent } from '../../batch/recording/run-events.ts';
import { transcribeTo } from '../../batch/transcribe-to.ts';
import { FunAsrError } from '../../core/errors.ts';
import type { PullProgress } from '../../engines/models/model-pull.ts';
import type { OutputFormat } from '../../subtitles/formats.ts';
import { readInputs } from '../flags/input-flags.ts';
import { STDOUT } from '../flags/output-flags.ts';
import {
  addTranscribeFlags,
  batchOptions,
  layoutOptions,
  type TranscribeFlags,
  transcribeOptions,
} from '../flags/transcribe-flags.ts';
import { addWireTraceFlag } from '../flags/wire-trace-flag.ts';
import { dryRun } from '../run/batch/dry-run.ts';
import { finishRun } from '../run/batch/finish-run.ts';
import { Interruption } from '../run/interruption.ts';
import { offeringModel } from '../run/models/offer-model.ts';
import { TranscribeRunProgress } from '../run/batch/transcribe-run-progress.ts';
import { addHelpText } from '../terminal/help.ts';

export function define(command: Command): void {
  addTranscribeFlags(command.action(run));
  addWireTraceFlag(command);
  addHelpText(command, {
    examples: [
      ['fun-asr transcribe talk.mp3', 'writes talk.srt and talk.jsonl'],
      ['fun-asr transcribe talks/ -o out -f srt,txt', 'a folder with its sub-folders'],
      ['fun-asr transcribe "talks/**/*.m4a" --dry-run', 'prints the plan and the cost'],
      ['fun-asr transcribe call.wav --channels split --speakers Ann,Bob', 'each side of a call by itself'],
      ['fun-asr transcribe - -f srt < talk.mp3 > talk.srt', 'from a pipe into a pipe'],
      ['fun-asr transcribe --from-file list.txt -o out', 'inputs from a list, one per line'],
      ['fun-asr transcribe talks/ --report', 'also writes a page with all transcripts and a player'],
      ['fun-asr transcribe talks/ --json | jq .error', 'one JSON object per recording'],
    ],
    notes: [
      'Finished recordings are skipped. An interrupted recording continues after its last final sentence. ' +
        '--no-<name> turns off what --<name> turns on.',
      'Exit codes: 0 all done; 1 at least one recording failed; 2 wrong arguments, or something is missing on ' +
        'this machine; 4 key or account rejected; 130 or 143 interrupted.',
    ],
  });
}

async function run(args: string[], flags: TranscribeFlags): Promise<void> {
  const inputs = await readInputs(args, flags);
  const format = formatForStdout(inputs, flags);
  const progress = new TranscribeRunProgress(flags);
  const interruption = new Interruption(
    (graceMs) => progress.onInterrupt(graceMs),
    () => progress.onExit(),
  );
  const common = {
    stdin: process.stdin,
    transcription: {
      ...transcribeOptions(flags),
      stop: interruption.stop,
      signal: interruption.signal,
      onPull: (pulled: PullProgress) => progress.onPull(pulled),
    },
    onEvent: (event: RunEvent) => progress.onEvent(event),
  };
  const options = { ...common, ...batchOptions(flags), inputs };
  const offering = <Report>(work: () => Promise<Report>): Promise<Report> =>
    offeringModel(common.transcription, flags, work);
  await finishRun(progress, interruption, async () => {
    if (format !== undefined) {
      const [input = STDIN] = inputs.map(canonicalInput);
      const output = {
        output: process.stdout,
        outputName: 'standard output',
        format,
        nextEngines: options.nextEngines,
        ...layoutOptions(flags),
      };
      return await offering(() => transcribeTo({ ...common, ...output, input }));
    }
    if (!flags.dryRun) return await offering(() => transcribeBatch(options));
    process.exitCode = await dryRun(options, flags.json ?? false);
    return undefined;
  });
}

/**
 * The format that is written to standard output: with `-o -`, and for standard input in one format when standard output is
 * no terminal. Undefined when outputs are files.
 * @throws {FunAsrError} `E_OPTION` for `-o -` with anything else on standard output.
 */
function formatForStdout(inputs: readonly string[], flags: TranscribeFlags): OutputFormat | undefined {
  const { outputDir, outputFormat, json, dryRun: isDryRun } = flags;
  const [format, ...others] = outputFormat;
  const needsFiles = [flags.maxCost, flags.freeQuota, flags.report, flags.reportEmbed].some(
    (value) => value !== undefined,
  );
  const isPossible = inputs.length === 1 && others.length === 0 && !json && !isDryRun && !needsFiles;
  if (outputDir === STDOUT && !isPossible) {
    throw new FunAsrError(
      'E_OPTION',
      'transcribe: -o - takes one recording and one format, without --json, --dry-run, --report or a limit of the cost',
      {
        hint: 'Name the format with -f, such as -f srt.',
      },
    );
  }
  const isPipe =
    inputs.map(canonicalInput).includes(STDIN) && outputDir === undefined && !process.stdout.isTTY;
  return isPossible && (outputDir === STDOUT || isPipe) ? format : undefined;
}
