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
   * How often the service is asked whether it is still there. When two questions stay without an answer the connection
   * is given up.
   */
  readonly pingIntervalMs: number;
  /**
   * How long a service that answers no such questions may say nothing while speech is being sent to it. Only of PCM.
   */
  readonly resultTimeoutMs: number;
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
  pingIntervalMs: { preset: 10_000, description: 'how often to ask whether the service is still there' },
  resultTimeoutMs: { preset: 30_000, description: 'limit for any answer to speech' },
  finishTimeoutMs: { preset: 30_000, description: 'limit for the last results, longer for much audio' },
};

/** What each limit may be. */
export const timeoutRule: Rule = integer(1, 86_400_000, 'ms');

/** The limits that are given, and the defaults of the others. */
export function timeoutsOf(options: Partial<Timeouts>): Timeouts {
  const limit = (name: keyof Timeouts): number => options[name] ?? TIMEOUTS[name].preset;
  return {
    connectTimeoutMs: limit('connectTimeoutMs'),
    startTimeoutMs: limit('startTimeoutMs'),
    stallTimeoutMs: limit('stallTimeoutMs'),
    pingIntervalMs: limit('pingIntervalMs'),
    resultTimeoutMs: limit('resultTimeoutMs'),
    finishTimeoutMs: limit('finishTimeoutMs'),
  };
}
