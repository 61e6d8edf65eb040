import { type Command, Option } from 'commander';
import type { RunEvent } from '../../batch/recording/run-events.ts';
import { watchFolder } from '../../batch/watch.ts';
import { number } from '../../core/options.ts';
import type { PullProgress } from '../../engines/models/model-pull.ts';
import { parseValue } from '../flags/values/parse-value.ts';
import {
  addTranscribeFlags,
  batchOptions,
  type TranscribeFlags,
  transcribeOptions,
} from '../flags/transcribe-flags.ts';
import { finishRun } from '../run/batch/finish-run.ts';
import { Interruption } from '../run/interruption.ts';
import { TranscribeRunProgress } from '../run/batch/transcribe-run-progress.ts';
import { addHelpText } from '../terminal/help.ts';

interface WatchFlags extends TranscribeFlags {
  /** In seconds. */
  readonly poll?: number;
}

export function define(command: Command): void {
  command.argument('<folder>').action(run);
  addTranscribeFlags(command, 'watch');
  command
    .optionsGroup('Watching:')
    .addOption(
      new Option(
        '--poll <seconds>',
        'look at the folder in this interval: for network shares, whose changes are not reported',
      ).argParser(parseValue(Number, number(0.1, 3600, 'seconds'))),
    );
  addHelpText(command, {
    examples: [
      ['fun-asr watch inbox', 'transcribes what is in the folder, and what arrives'],
      ['fun-asr watch /mnt/share --poll 10 -o out', 'on a network share'],
    ],
    notes: [
      'A file is taken when it has not changed for two seconds. Ctrl-C ends the program; what is finished stays finished.',
    ],
  });
}

async function run(folder: string, flags: WatchFlags): Promise<void> {
  let progress = new TranscribeRunProgress(flags);
  const interruption = new Interruption(
    (graceMs) => progress.onInterrupt(graceMs),
    () => progress.onExit(),
  );
  await finishRun(progress, interruption, async () => {
    await watchFolder({
      ...batchOptions(flags),
      folder,
      pollMs: flags.poll === undefined ? undefined : flags.poll * 1000,
      transcription: {
        ...transcribeOptions(flags),
        stop: interruption.stop,
        signal: interruption.signal,
        onPull: (pulled: PullProgress) => progress.onPull(pulled),
      },
      onEvent: (event: RunEvent) => progress.onEvent(event),
      onRun: () => {
        progress.close();
        progress = new TranscribeRunProgress(flags);
      },
      onReport: (report) => {
        if (report.done + report.failed + report.interrupted > 0) progress.onReport(report, 0);
      },
      onIdle: () => progress.notice(`watching ${folder}; Ctrl-C ends`),
    });
    progress.close();
    process.exitCode = interruption.exitCode;
    return undefined;
  });
}
