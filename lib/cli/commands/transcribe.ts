import type { Command } from 'commander';
import { transcribeBatch } from '../../batch/batch.ts';
import type { PullProgress } from '../../engines/models/model-pull.ts';
import { finishRun } from '../run/finish-run.ts';
import { Interruption } from '../run/interruption.ts';
import { printPreview } from '../run/dry-run.ts';
import { addTranscribeFlags, type TranscribeFlags, transcribeOptions } from '../flags/transcribe-flags.ts';
import { TranscribeProgress } from '../run/transcribe-progress.ts';
import { addWireTraceFlag } from '../flags/wire-trace-flag.ts';

const EXAMPLES = `
Examples:
  fun-asr transcribe talk.mp3                     write talk.srt and talk.jsonl beside it
  fun-asr transcribe talks/ -o out -f srt,txt     a folder with its sub-folders, into another one
  fun-asr transcribe "talks/**/*.m4a" --dry-run   what would be done, and what it would cost
  fun-asr transcribe - < talk.mp3                 standard input, to stdin.srt
  fun-asr transcribe talks/ --json | jq .error    one JSON object for each recording

What is finished is skipped the next time, and what was stopped in the middle goes on from there.
--no-<name> turns off what --<name> turns on.
Exit codes: 0 all done, 1 some recording failed, 2 wrong use or something is missing on this machine,
4 key or account refused, 130 and 143 interrupted.`;

export function define(command: Command): void {
  command
    .argument('<input...>', 'files, folders (with their sub-folders), glob patterns, or - for standard input')
    .addHelpText('after', EXAMPLES)
    .action(run);
  addTranscribeFlags(command);
  addWireTraceFlag(command);
}

async function run(inputs: string[], flags: TranscribeFlags): Promise<void> {
  const progress = new TranscribeProgress(flags);
  const interruption = new Interruption(() => {
    if (progress.isBusy) progress.say('finishing the sentences under way; once more to stop at once');
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
    observer: progress,
  };
  await finishRun(progress, interruption, async () => {
    if (!flags.dryRun) return await transcribeBatch(options);
    process.exitCode = await printPreview(options, flags.json ?? false);
    return undefined;
  });
}
