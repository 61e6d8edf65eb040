import type { Command } from 'commander';
import type { QueueAddress } from '../../batch/queue/job-queue.ts';

/** Values of the flags of every command of a queue. */
export type QueueFlags = QueueAddress;

/** Values of the flag of commands that use the recordings of a queue. */
export interface RootFlags {
  readonly root: string;
}

/** Adds the flags that name a queue. */
export function addQueueFlags(command: Command): Command {
  return command
    .optionsGroup('Queue:')
    .option('--redis <url>', 'URL of Redis (default: REDIS_URL, else redis://127.0.0.1:6379)')
    .option('--queue <name>', 'name of the queue', 'default');
}

/** Adds the flag for the folder of the recordings. */
export function addRootFlag(command: Command): Command {
  return command.option('--root <dir>', 'the folder that all machines share, as it is on this one', '.');
}
