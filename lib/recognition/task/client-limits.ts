import { integer, type Rule, type Rules } from '../../core/options.ts';

/** How long the client waits for the service, in ms, and how often it retries. */
export interface Limits {
  /** For key function, proxy, DNS, TCP, TLS and upgrade together. */
  readonly connectTimeoutMs: number;
  /** From `run-task` to `task-started`. */
  readonly startTimeoutMs: number;
  /** How long the service may take no audio. */
  readonly stallTimeoutMs: number;
  /**
   * Time between two pings. When two are not answered, the connection is considered dead, unless the service has never
   * answered one.
   */
  readonly pingIntervalMs: number;
  /**
   * How long a service that answers no pings may send nothing while it is sent speech. Only for PCM.
   */
  readonly resultTimeoutMs: number;
  /**
   * How long the service may send nothing after `finish-task`, in addition to a tenth of the audio that is not final yet.
   * Each result restarts the wait.
   */
  readonly finishTimeoutMs: number;
  /** How many times a recognition is retried without progress. 0 disables retries. */
  readonly maxRetries: number;
  /** How long a recognition may go on without progress after a failure. */
  readonly retryTimeoutMs: number;
  /** The longest wait before the first retry; it doubles with each. */
  readonly retryDelayMs: number;
}

/** One of the {@link Limits}: its default, its rule, and its description on the command line. */
interface Limit {
  readonly preset: number;
  readonly rule: Rule;
  readonly unit: 'ms' | 'n';
  readonly description: string;
}

const DAY_MS = 86_400_000;

/** The rule and the default of each limit. */
export const LIMITS: { readonly [Name in keyof Limits]: Limit } = {
  connectTimeoutMs: milliseconds(10_000, 'limit for opening the connection'),
  startTimeoutMs: milliseconds(10_000, 'limit for the service to start a task'),
  stallTimeoutMs: milliseconds(30_000, 'limit for the service to take more audio'),
  pingIntervalMs: milliseconds(10_000, 'time between two pings of the service'),
  resultTimeoutMs: milliseconds(30_000, 'limit for any result for speech'),
  finishTimeoutMs: milliseconds(30_000, 'limit for the last results, longer for much audio'),
  maxRetries: {
    preset: 8,
    rule: integer(0, 1000),
    unit: 'n',
    description: 'retries after a failure without progress',
  },
  retryTimeoutMs: milliseconds(300_000, 'limit for retries without progress'),
  retryDelayMs: milliseconds(250, 'longest wait before the first retry; it doubles with each'),
};

/** Names of the {@link Limits}. */
export const LIMIT_NAMES: readonly (keyof Limits)[] = Object.keys(LIMITS) as (keyof Limits)[];

/** The rules of {@link Limits}. */
export const LIMIT_RULES: Rules<Limits> = ofEach(({ rule }) => rule);

/** The given limits, and the defaults of the others. */
export function limitsOf(options: Partial<Limits>): Limits {
  return ofEach(({ preset }, name) => options[name] ?? preset);
}

function milliseconds(preset: number, description: string): Limit {
  return { preset, rule: integer(1, DAY_MS, 'ms'), unit: 'ms', description };
}

function ofEach<Value>(make: (limit: Limit, name: keyof Limits) => Value): Record<keyof Limits, Value> {
  return Object.fromEntries(LIMIT_NAMES.map((name) => [name, make(LIMITS[name], name)])) as Record<
    keyof Limits,
    Value
  >;
}
