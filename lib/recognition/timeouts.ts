import { integer, type Rule } from '../options.ts';

/** Limits of the waits for the service, in ms. */
export interface Timeouts {
  /** For key, proxy, name, TCP, TLS and upgrade together. */
  readonly connectTimeoutMs: number;
  /** From `run-task` to `task-started`. */
  readonly startTimeoutMs: number;
  /** How long the service may take no audio at all. */
  readonly stallTimeoutMs: number;
  /**
   * How long the service may say nothing after `finish-task`, beside a tenth of the audio that it has not
   * finalised yet. Each message starts the wait anew.
   */
  readonly finishTimeoutMs: number;
}

/** Each limit's default, and how a command line describes it. */
export const TIMEOUTS: {
  readonly [Name in keyof Timeouts]: { readonly preset: number; readonly description: string };
} = {
  connectTimeoutMs: { preset: 10_000, description: 'limit for opening the connection' },
  startTimeoutMs: { preset: 10_000, description: 'limit for the service to start a task' },
  stallTimeoutMs: { preset: 30_000, description: 'limit for the service to take more audio' },
  finishTimeoutMs: { preset: 30_000, description: 'limit for the last results, longer for much audio' },
};

/** What each limit may be. */
export const timeoutRule: Rule = integer(1, 86_400_000, 'ms');

/** The limits that are given, and the defaults of the others. */
export function timeoutsOf(options: Partial<Timeouts>): Timeouts {
  const { connectTimeoutMs, startTimeoutMs, stallTimeoutMs, finishTimeoutMs } = options;
  return {
    connectTimeoutMs: connectTimeoutMs ?? TIMEOUTS.connectTimeoutMs.preset,
    startTimeoutMs: startTimeoutMs ?? TIMEOUTS.startTimeoutMs.preset,
    stallTimeoutMs: stallTimeoutMs ?? TIMEOUTS.stallTimeoutMs.preset,
    finishTimeoutMs: finishTimeoutMs ?? TIMEOUTS.finishTimeoutMs.preset,
  };
}
