import { type Command, Option } from 'commander';
import { addRecordings } from '../../batch/queue/add-recordings.ts';
import { clearQueue, queueResults, queueStatus, retryFailed } from '../../batch/queue/queue-status.ts';
import { JobQueue } from '../../batch/queue/job-queue.ts';
import { writeQueueReport } from '../../batch/queue/queue-report.ts';
import { workOnQueue } from '../../batch/queue/queue-worker.ts';
import { number } from '../../core/options.ts';
import type { PullProgress } from '../../engines/models/model-pull.ts';
import { TASKS_PER_SECOND } from '../../protocol/service-limits.ts';
import { rejectApiKeyFlag } from '../flags/api-key-flag.ts';
import { addEngineFlags, type EngineFlags, engineOptions } from '../flags/engine-flags.ts';
import { readInputs } from '../flags/input-flags.ts';
import { parseValue } from '../flags/values/parse-value.ts';
import { addQueueFlags, addRootFlag, type QueueFlags, type RootFlags } from '../flags/queue-flags.ts';
import { addHtmlReportFlags, type HtmlReportFlags, reportOptions } from '../flags/report-flags.ts';
import { addReportFlags, concurrencyOption, ffmpegPathOption, type RunFlags } from '../flags/run-flags.ts';
import {
  addJobFlags,
  DEFAULT_CONCURRENCY,
  type JobFlags,
  jobOptions,
  layoutOptions,
} from '../flags/transcribe-flags.ts';
import { finishRun } from '../run/batch/finish-run.ts';
import { Interruption } from '../run/interruption.ts';
import { interruptible } from '../run/interruptible.ts';
import { printQueueStatus } from '../run/queue-status.ts';
import { TranscribeRunProgress } from '../run/batch/transcribe-run-progress.ts';
import { errorLine, warningLine } from '../terminal/error-line.ts';
import { formatCount } from '../terminal/format.ts';
import { addHelpText } from '../terminal/help.ts';
import { printJson } from '../terminal/print-json.ts';

export function define(command: Command): void {
  const add = command.command('add').description('Add recordings to a queue.').action(runAdd);
  addJobFlags(add);
  addRootFlag(addQueueFlags(add));

  const work = command
    .command('work')
    .description('Transcribe the recordings of a queue, beside any number of other workers.')
    .option('--once', 'end when the queue is empty (default: wait for more)')
    .addOption(concurrencyOption(DEFAULT_CONCURRENCY))
    .addOption(
      new Option('--rate <n>', 'new tasks a second of all workers together')
        .argParser(parseValue(Number, number(0.1, 10_000, 'tasks a second')))
        .default(TASKS_PER_SECOND),
    )
    .addOption(ffmpegPathOption())
    .action(runWork);
  addReportFlags(work);
  addEngineFlags(work, { takesList: true });
  addRootFlag(addQueueFlags(work));
  rejectApiKeyFlag(work);

  const status = command
    .command('status')
    .description('Show what is waiting, active, done and failed, the workers, and the cost.')
    .option('--json', 'print JSON; with --verbose also the result of each recording, one per line')
    .option('-v, --verbose', 'also print the recordings that are done')
    .action(runStatus);
  addHtmlReportFlags(status);
  addRootFlag(addQueueFlags(status));

  addQueueFlags(command.command('retry').description('Try the failed recordings once more.')).action(
    runRetry,
  );
  addQueueFlags(command.command('clear').description('Empty a queue. Files stay.')).action(runClear);

  addHelpText(command, {
    examples: [
      ['fun-asr queue add talks/ --root /mnt/share', 'on any machine'],
      ['fun-asr queue work --root /mnt/share', 'on each machine; Ctrl-C stops'],
      ['fun-asr queue status --report', 'shows the state, and writes a page with all transcripts'],
      ['fun-asr queue retry', 'tries the failed recordings once more'],
    ],
    notes: [
      'Needs Redis, and the packages bullmq and ioredis. Recordings and outputs are on storage that all machines share, below ' +
        '--root. The address of the service and the key are those of each worker.',
    ],
  });
}

/** Does work on a queue, which the first Ctrl-C ends. */
async function withQueue(
  flags: QueueFlags,
  work: (queue: JobQueue, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  await interruptible(async (signal) => {
    const queue = await JobQueue.open(flags);
    try {
      await work(queue, signal);
    } finally {
      await queue.close();
    }
  });
}

async function runAdd(args: string[], flags: JobFlags & QueueFlags & RootFlags): Promise<void> {
  const { outputDir, outputFormat: formats, force, root, model, json, quiet } = flags;
  const { maxCost, freeQuota, price } = flags;
  const inputs = await readInputs(args, flags);
  await withQueue(flags, async (queue, signal) => {
    const counts = await addRecordings(queue, {
      inputs,
      outputDir,
      formats,
      ...layoutOptions(flags),
      force,
      maxCost,
      freeQuota,
      price,
      root,
      transcription: { ...jobOptions(flags), model, signal },
      onWarning: (warning) => void process.stderr.write(`${warningLine(warning)}\n`),
      onFailure: (input, error) => void process.stderr.write(`${errorLine(error, input)}\n`),
    });
    const { added, skipped, failed } = counts;
    process.exitCode = failed > 0 ? 1 : 0;
    if (json) return printJson({ queue: queue.name, ...counts, exitCode: process.exitCode });
    const parts = [
      `${formatCount(added, 'recording')} added`,
      ...(skipped > 0 ? [`${skipped} skipped (finished, or in the queue already)`] : []),
      ...(failed > 0 ? [`${failed} not added`] : []),
    ];
    if (!quiet) process.stderr.write(`${parts.join(', ')}\n`);
  });
}

type WorkFlags = QueueFlags &
  RootFlags &
  EngineFlags &
  Omit<RunFlags, 'force' | 'maxDuration'> & { readonly once?: boolean; readonly rate: number };

async function runWork(flags: WorkFlags): Promise<void> {
  const { root, concurrency, once, rate, ffmpegPath } = flags;
  const progress = new TranscribeRunProgress(flags);
  const interruption = new Interruption(
    (graceMs) => progress.onInterrupt(graceMs),
    () => progress.onExit(),
  );
  await finishRun(progress, interruption, async () => {
    const queue = await JobQueue.open(flags, (isConnected) =>
      progress.notice(
        isConnected ? 'Redis is there again' : 'the connection to Redis is lost; waiting for it',
      ),
    );
    try {
      return await workOnQueue(queue, {
        root,
        concurrency,
        once,
        rate,
        ffmpegPath,
        nextEngines: flags.engine.slice(1),
        backend: { ...engineOptions(flags), onPull: (pulled: PullProgress) => progress.onPull(pulled) },
        stop: interruption.stop,
        signal: interruption.signal,
        onEvent: (event) => progress.onEvent(event),
        onIdle: () => progress.notice(`waiting for recordings in queue ${queue.name}; Ctrl-C ends`),
      });
    } finally {
      await queue.close();
    }
  });
}

type StatusFlags = QueueFlags &
  RootFlags &
  HtmlReportFlags & { readonly json?: boolean; readonly verbose?: boolean };

async function runStatus(flags: StatusFlags): Promise<void> {
  await withQueue(flags, async (queue) => {
    if (flags.verbose) {
      for await (const { result } of queueResults(queue)) {
        if (flags.json) printJson(result);
        else process.stdout.write(`${result.input}: ${result.status}\n`);
      }
    }
    const status = await queueStatus(queue);
    if (flags.json) printJson(status);
    else printQueueStatus(status);
    const report = reportOptions(flags, flags.root);
    if (!report) return;
    await writeQueueReport(queue, flags.root, report);
    process.stderr.write(`report: ${report.path}\n`);
  });
}

async function runRetry(flags: QueueFlags): Promise<void> {
  await withQueue(flags, async (queue) => {
    process.stderr.write(`${formatCount(await retryFailed(queue), 'recording')} to be tried again\n`);
  });
}

async function runClear(flags: QueueFlags): Promise<void> {
  await withQueue(flags, async (queue) => {
    process.stderr.write(`${formatCount(await clearQueue(queue), 'recording')} removed from the queue\n`);
  });
}
