import { integer, oneOf, type Rule } from '../../core/options.ts';
import { SERVICE_CODES } from '../../protocol/errors/service-codes.ts';

/** The kinds of faults that a test service can inject; described in {@link FAULTS}. */
export type FaultKind =
  | 'refuse'
  | 'never-open'
  | 'throttle'
  | 'never-start'
  | 'drop'
  | 'reset'
  | 'half-open'
  | 'stop-reading'
  | 'close'
  | 'fail'
  | 'finish-early'
  | 'never-finish'
  | 'delay'
  | 'duplicate'
  | 'reorder'
  | 'invalid-message';

/** One fault of a schedule. It fires once. */
export interface Fault {
  readonly kind: FaultKind;
  /** Audio in ms that the service must have received before the fault is due, over all connections, repeats included. */
  readonly atMs: number;
  /** A status, a code or a variant, depending on the kind. @default the default of the kind */
  readonly parameter?: string;
  /** A duration in ms, for the kinds that take one. */
  readonly durationMs?: number;
}

/** What a due fault waits for: `audio` is none, it fires at once; `partial` is the next result that is not final. */
export type FaultTrigger = 'audio' | 'upgrade' | 'run-task' | 'result' | 'partial' | 'task-finished';

/** Describes one kind of fault. */
export interface FaultInfo {
  /** The effect of the fault, in English. */
  readonly description: string;
  readonly trigger: FaultTrigger;
  /** Which {@link Fault.parameter} the kind accepts, if any. */
  readonly parameter?: { readonly rule: Rule; readonly default: string };
  /** Whether the kind accepts or needs a {@link Fault.durationMs}. */
  readonly duration?: 'optional' | 'required';
}

/** Accepts an integer that is written as text, within one of the ranges. */
const integerText = (...ranges: readonly [min: number, max: number][]): Rule => {
  const rules = ranges.map(([min, max]) => integer(min, max));
  return (text) =>
    rules.some((rule) => rule(Number(text)) === undefined)
      ? undefined
      : `must be an integer from ${ranges.map((range) => range.join(' to ')).join(' or ')}`;
};
const errorCode: Rule = (text) =>
  /^[\w.]+$/.test(String(text)) ? undefined : 'must be an error_code of the service, such as InternalError';

/** All kinds of faults, in the order of the stages of a task. */
export const FAULTS: Readonly<Record<FaultKind, FaultInfo>> = {
  refuse: {
    description: 'answers the next upgrade request with this HTTP status; a duration is sent as Retry-After',
    trigger: 'upgrade',
    parameter: { rule: integerText([200, 599]), default: '503' },
    duration: 'optional',
  },
  'never-open': { description: 'does not answer the next upgrade request', trigger: 'upgrade' },
  throttle: {
    description: 'fails the next task before it starts, with this error_code',
    trigger: 'run-task',
    parameter: { rule: errorCode, default: 'Throttling.RateQuota' },
  },
  'never-start': {
    description: 'does not answer the next run-task, nor anything after it',
    trigger: 'run-task',
  },
  drop: { description: 'closes the TCP connection without a close frame', trigger: 'audio' },
  reset: { description: 'resets the TCP connection (RST)', trigger: 'audio' },
  'half-open': {
    description: 'keeps the connection open, but stops reading and sending, also pongs',
    trigger: 'audio',
  },
  'stop-reading': {
    description: 'stops reading, for this duration or for ever; results are still sent',
    trigger: 'audio',
    duration: 'optional',
  },
  close: {
    description: 'closes the connection with this close code',
    trigger: 'audio',
    parameter: { rule: integerText([1000, 1003], [1007, 1014], [3000, 4999]), default: '1011' },
  },
  fail: {
    description: 'fails the running task with this error_code',
    trigger: 'audio',
    parameter: { rule: errorCode, default: SERVICE_CODES.internalError },
  },
  'finish-early': {
    description: 'sends task-finished before the client sends finish-task, then closes the connection',
    trigger: 'audio',
  },
  'never-finish': {
    description: 'does not send the next task-finished, nor anything after it',
    trigger: 'task-finished',
  },
  delay: {
    description: 'holds all messages to the client for this duration',
    trigger: 'audio',
    duration: 'required',
  },
  duplicate: { description: 'sends the next result twice', trigger: 'result' },
  reorder: {
    description:
      'sends the next result (any, or with partial the next partial one) after the one that follows it',
    trigger: 'result',
    parameter: { rule: oneOf('any', 'partial'), default: 'any' },
  },
  'invalid-message': {
    description:
      'sends incomplete json, an unknown event, binary data, or a result of another task (other-task)',
    trigger: 'audio',
    parameter: { rule: oneOf('json', 'event', 'binary', 'other-task'), default: 'json' },
  },
};

/** Returns what a due fault waits for. */
export function triggerOf({ kind, parameter }: Fault): FaultTrigger {
  return kind === 'reorder' && parameter === 'partial' ? 'partial' : FAULTS[kind].trigger;
}

/** The names of all kinds. */
export const FAULT_KINDS: readonly FaultKind[] = Object.keys(FAULTS) as FaultKind[];
