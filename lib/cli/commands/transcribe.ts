import type { Command } from 'commander';
import { transcribeBatch } from '../../batch/batch.ts';
import type { RunEvent } from '../../batch/recording/run-events.ts';
import type { PullProgress } from '../../engines/models/model-pull.ts';
import { addTranscribeFlags, type TranscribeFlags, transcribeOptions } from '../flags/transcribe-flags.ts';
import { addWireTraceFlag } from '../flags/wire-trace-flag.ts';
import { dryRun } from '../run/dry-run.ts';
import { finishRun } from '../run/finish-run.ts';
import { Interruption } from '../run/interruption.ts';
import { TranscribeRunProgress } from '../run/transcribe-run-progress.ts';
import { addHelpText } from '../terminal/help.ts';

export function define(command: Command): void {
  command
    .argument('<input...>', 'files, folders (with sub-folders), glob patterns, or - for standard input')
    .action(run);
  addTranscribeFlags(command);
  addWireTraceFlag(command);
  addHelpText(command, {
    examples: [
      ['fun-asr transcribe talk.mp3', 'writes talk.srt and talk.jsonl'],
      ['fun-asr transcribe talks/ -o out -f srt,txt', 'a folder with its sub-folders'],
      ['fun-asr transcribe "talks/**/*.m4a" --dry-run', 'prints the plan and the cost'],
      ['fun-asr transcribe call.wav --channels split --speakers Ann,Bob', 'each side of a call by itself'],
      ['fun-asr transcribe - < talk.mp3', 'writes stdin.srt, stdin.jsonl'],
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

async function run(inputs: string[], flags: TranscribeFlags): Promise<void> {
  const progress = new TranscribeRunProgress(flags);
  const interruption = new Interruption(() => {
    if (progress.isBusy)
      progress.notice('finishing the current sentences; press Ctrl-C again to stop at once');
  });
  const options = {
    inputs,
    outputDir: flags.outputDir,
    formats: flags.outputFormat,
    concurrency: flags.concurrency,
    force: flags.force,
    stdin: process.stdin,
    transcription: {
      ...transcribeOptions(flags),
      stop: interruption.stop,
      signal: interruption.signal,
      onPull: (pulled: PullProgress) => progress.onPull(pulled),
    },
    onEvent: (event: RunEvent) => progress.onEvent(event),
  };
  await finishRun(progress, interruption, async () => {
    if (!flags.dryRun) return await transcribeBatch(options);
    process.exitCode = await dryRun(options, flags.json ?? false);
    return undefined;
  });
}
