import { integer, oneOf, type Rule } from '../../core/options.ts';

/** What {@link FAULTS} knows. */
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
  | 'garbage';

/** One fault of a schedule. It fires once. */
export interface Fault {
  readonly kind: FaultKind;
  /** Audio in ms that the service must have received in all before it fires, over all connections and however often. */
  readonly atMs: number;
  /** A status, a code or a sort, depending on the kind. @default the kind's own */
  readonly what?: string;
  /** A time in ms, for the kinds that take one. */
  readonly forMs?: number;
}

/** At which occasion a fault fires once its audio was received: `audio` is at once, `partial` a result that is not final. */
export type Occasion = 'audio' | 'upgrade' | 'run-task' | 'result' | 'partial' | 'task-finished';

/** What there is to know of one kind of fault. */
export interface FaultInfo {
  readonly does: string;
  readonly occasion: Occasion;
  /** Whether {@link Fault.what} may stand there, and what it is then. */
  readonly what?: { readonly rule: Rule; readonly default: string };
  /** Whether {@link Fault.forMs} may or must stand there. */
  readonly time?: 'optional' | 'required';
}

/** A whole number that is written as text. */
const numeral = (...ranges: readonly [least: number, greatest: number][]): Rule => {
  const rules = ranges.map(([least, greatest]) => integer(least, greatest));
  return (text) =>
    rules.some((rule) => rule(Number(text)) === undefined)
      ? undefined
      : `must be an integer from ${ranges.map((range) => range.join(' to ')).join(' or ')}`;
};
const code: Rule = (text) =>
  /^[\w.]+$/.test(String(text)) ? undefined : 'must be an error_code of the service, such as InternalError';

/** All kinds of faults, in the order of a task's life. */
export const FAULTS: Readonly<Record<FaultKind, FaultInfo>> = {
  refuse: {
    does: 'answers the next upgrade with this HTTP status, and with Retry-After when a time is given',
    occasion: 'upgrade',
    what: { rule: numeral([200, 599]), default: '503' },
    time: 'optional',
  },
  'never-open': { does: 'leaves the next upgrade without an answer', occasion: 'upgrade' },
  throttle: {
    does: 'fails the next task before it starts with this error_code',
    occasion: 'run-task',
    what: { rule: code, default: 'Throttling.RateQuota' },
  },
  'never-start': {
    does: 'leaves the next run-task, and all that follows it, without an answer',
    occasion: 'run-task',
  },
  drop: { does: 'ends the connection without a close frame', occasion: 'audio' },
  reset: { does: 'resets the connection (RST)', occasion: 'audio' },
  'half-open': {
    does: 'reads and says nothing more, not even a pong; the connection stays',
    occasion: 'audio',
  },
  'stop-reading': {
    does: 'reads nothing more, for good or for this time; results still come',
    occasion: 'audio',
    time: 'optional',
  },
  close: {
    does: 'ends the connection with this close code',
    occasion: 'audio',
    what: { rule: numeral([1000, 1003], [1007, 1014], [3000, 4999]), default: '1011' },
  },
  fail: {
    does: 'fails the running task with this error_code',
    occasion: 'audio',
    what: { rule: code, default: 'InternalError' },
  },
  'finish-early': { does: 'says task-finished although nobody asked, and closes', occasion: 'audio' },
  'never-finish': {
    does: 'withholds the next task-finished, and all that would follow it',
    occasion: 'task-finished',
  },
  delay: { does: 'holds what it says back for this time', occasion: 'audio', time: 'required' },
  duplicate: { does: 'says the next result twice', occasion: 'result' },
  reorder: {
    does: 'says the next result, any or the next partial one, after the one that follows it',
    occasion: 'result',
    what: { rule: oneOf('any', 'partial'), default: 'any' },
  },
  garbage: {
    does: 'sends what is no message: bad json, an unknown event, binary, or a result of a foreign task',
    occasion: 'audio',
    what: { rule: oneOf('json', 'event', 'binary', 'foreign'), default: 'json' },
  },
};

/** At which occasion a fault fires. */
export function occasionOf({ kind, what }: Fault): Occasion {
  return kind === 'reorder' && what === 'partial' ? 'partial' : FAULTS[kind].occasion;
}

/** The names of all kinds. */
export const FAULT_KINDS: readonly FaultKind[] = Object.keys(FAULTS) as FaultKind[];
