import { FunAsrError } from '../../core/errors.ts';
import { closest } from '../../core/options.ts';
import { type Fault, FAULT_KINDS, type FaultKind, FAULTS } from './fault-kinds.ts';

const TIME = /^(\d+(?:\.\d+)?)(ms|s|m)$/;
const MS_PER = { ms: 1, s: 1000, m: 60_000 } as const;

/**
 * Reads a schedule of faults: `kind[:what][:time][@audio]`, separated by commas or spaces, such as
 * `refuse:503:2s, drop@12.3s, fail:InternalError@20s, delay:500ms@1m`. Times are in `ms`, `s` or `m`. Without
 * `@` a fault fires at the first occasion. The kinds are those of {@link FAULTS}.
 * @throws {FunAsrError} `E_OPTION`, naming the fault and what is wrong with it.
 */
export function parseFaults(spec: string): readonly Fault[] {
  return spec
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(parseFault);
}

/** The schedule as a text that {@link parseFaults} reads: what replays a run. */
export function formatFaults(faults: readonly Fault[]): string {
  return faults.map(formatFault).join(', ');
}

/** One fault of a schedule as text. */
export function formatFault({ kind, atMs, what, forMs }: Fault): string {
  const parts = [kind, what, forMs === undefined ? undefined : formatTime(forMs)];
  const called = parts.filter((part) => part !== undefined).join(':');
  return atMs === 0 ? called : `${called}@${formatTime(atMs)}`;
}

function parseFault(text: string): Fault {
  const [called = '', at = '0ms', ...further] = text.split('@');
  const [name = '', ...details] = called.split(':');
  const kind = FAULT_KINDS.find((known) => known === name);
  if (!kind) throw unknownKind(text, name);
  const atMs = parseTime(at);
  if (atMs === undefined || further.length > 0) {
    throw broken(text, 'what follows the @ must be a time such as 500ms, 12.3s or 2m');
  }
  const times = details.filter((detail) => TIME.test(detail));
  const whats = details.filter((detail) => !TIME.test(detail));
  return { kind, atMs, ...whatOf(text, kind, whats), ...timeOf(text, kind, times) };
}

function whatOf(fault: string, kind: FaultKind, [what, ...further]: readonly string[]): Pick<Fault, 'what'> {
  if (what === undefined) return {};
  const wanted = FAULTS[kind].what;
  if (!wanted || further.length > 0) throw broken(fault, `${kind} does not take ${further[0] ?? what}`);
  const wrong = wanted.rule(what);
  if (wrong) throw broken(fault, `${what} ${wrong}`);
  return { what };
}

function timeOf(fault: string, kind: FaultKind, [time, ...further]: readonly string[]): Pick<Fault, 'forMs'> {
  const wanted = FAULTS[kind].time;
  if (time === undefined) {
    if (wanted === 'required') throw broken(fault, `${kind} takes a time, as in ${kind}:500ms`);
    return {};
  }
  if (!wanted || further.length > 0)
    throw broken(fault, `${kind} does not take the time ${further[0] ?? time}`);
  return { forMs: parseTime(time) ?? 0 };
}

function parseTime(text: string): number | undefined {
  const [, count, unit] = TIME.exec(text) ?? [];
  return unit === 'ms' || unit === 's' || unit === 'm' ? Math.round(Number(count) * MS_PER[unit]) : undefined;
}

function formatTime(ms: number): string {
  return ms < 1000 ? `${ms}ms` : `${ms / 1000}s`;
}

function unknownKind(fault: string, name: string): FunAsrError {
  const near = closest(name, FAULT_KINDS);
  return broken(
    fault,
    `there is no kind ${name}`,
    near ? `Did you mean ${near}?` : `There are ${FAULT_KINDS.join(', ')}.`,
  );
}

function broken(fault: string, reason: string, hint?: string): FunAsrError {
  return new FunAsrError('E_OPTION', `fault ${fault}: ${reason}`, { hint });
}
