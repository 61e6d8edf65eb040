import { integer, type Rule, type Rules } from '../core/options.ts';

/** How long the client waits for the service, in ms, and how often it tries again. */
export interface Limits {
  /** For key, proxy, name, TCP, TLS and upgrade together. */
  readonly connectTimeoutMs: number;
  /** From `run-task` to `task-started`. */
  readonly startTimeoutMs: number;
  /** How long the service may take no audio at all. */
  readonly stallTimeoutMs: number;
  /**
   * How often the service is asked whether it is still there. When two questions stay without an answer the connection
   * is given up, unless it has never answered one.
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
  /** How often a recognition that was cut off is tried again without a new final sentence. 0 never tries again. */
  readonly maxRetries: number;
  /** How long it may go without a new final sentence after a failure. */
  readonly retryTimeoutMs: number;
  /** Greatest wait before the first retry; it doubles with each. */
  readonly retryDelayMs: number;
}

/** One of the {@link Limits}: its default, its rule, and how a command line describes it. */
interface Limit {
  readonly preset: number;
  readonly rule: Rule;
  readonly unit: 'ms' | 'n';
  readonly description: string;
}

const DAY_MS = 86_400_000;

/** What each limit may be, and is by default. */
export const LIMITS: { readonly [Name in keyof Limits]: Limit } = {
  connectTimeoutMs: milliseconds(10_000, 'limit for opening the connection'),
  startTimeoutMs: milliseconds(10_000, 'limit for the service to start a task'),
  stallTimeoutMs: milliseconds(30_000, 'limit for the service to take more audio'),
  pingIntervalMs: milliseconds(10_000, 'how often to ask whether the service is still there'),
  resultTimeoutMs: milliseconds(30_000, 'limit for any answer to speech'),
  finishTimeoutMs: milliseconds(30_000, 'limit for the last results, longer for much audio'),
  maxRetries: {
    preset: 8,
    rule: integer(0, 1000),
    unit: 'n',
    description: 'tries after a failure without a new sentence',
  },
  retryTimeoutMs: milliseconds(300_000, 'limit for tries without a new sentence'),
  retryDelayMs: milliseconds(250, 'greatest wait before the first retry; it doubles with each'),
};

/** Names of the {@link Limits}. */
export const LIMIT_NAMES: readonly (keyof Limits)[] = Object.keys(LIMITS) as (keyof Limits)[];

/** The rules of {@link Limits}. */
export const LIMIT_RULES: Rules<Limits> = ofEach(({ rule }) => rule);

/** The limits that are given, and the defaults of the others. */
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
