import { FunAsrError } from '../../core/errors.ts';
import { anyText, checkArgument, closest, listOf, type Rule } from '../../core/options.ts';
import { type Fault, FAULT_KINDS, type FaultKind, FAULTS } from './fault-kinds.ts';

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m)$/;
const MS_PER_UNIT = { ms: 1, s: 1000, m: 60_000 } as const;

/**
 * Parses a schedule of faults: `kind[:parameter][:duration][@audio]`, separated by commas or spaces, such as
 * `refuse:503:2s, drop@12.3s, fail:InternalError@20s, delay:500ms@1m`. Durations and `@audio` are in `ms`, `s` or `m`.
 * Without `@audio` a fault fires at its first trigger. For the kinds see {@link FAULTS}.
 * @throws {FunAsrError} `E_OPTION`, with the fault and the reason.
 */
export function parseFaults(spec: string): readonly Fault[] {
  checkArgument('parseFaults', 'the schedule', spec, anyText);
  return spec
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(parseFault);
}

/** Formats a schedule as text that {@link parseFaults} reads, for example to replay a run. */
export function formatFaults(faults: readonly Fault[]): string {
  checkArgument('formatFaults', 'the faults', faults, listOf(faultRule));
  return faults.map(formatFault).join(', ');
}

/** Formats one fault as text. */
export function formatFault(given: Fault): string {
  checkArgument('formatFault', 'the fault', given, faultRule);
  const { kind, atMs, parameter, durationMs } = given;
  const parts = [kind, parameter, durationMs === undefined ? undefined : formatDuration(durationMs)];
  const action = parts.filter((part) => part !== undefined).join(':');
  return atMs === 0 ? action : `${action}@${formatDuration(atMs)}`;
}

const faultRule: Rule = (value) => {
  const { kind, atMs } = Object(value) as Partial<Fault>;
  const isKnown = FAULT_KINDS.some((known) => known === kind);
  return isKnown && Number.isFinite(atMs) ? undefined : 'must be a fault, with a kind and atMs';
};

function parseFault(text: string): Fault {
  const [action = '', at = '0ms', ...extra] = text.split('@');
  const [name = '', ...details] = action.split(':');
  const kind = FAULT_KINDS.find((known) => known === name);
  if (!kind) throw unknownKind(text, name);
  const atMs = parseDuration(at);
  if (atMs === undefined || extra.length > 0) {
    throw invalid(text, 'the part after @ must be a time such as 500ms, 12.3s or 2m');
  }
  const durations = details.filter((detail) => DURATION.test(detail));
  const parameters = details.filter((detail) => !DURATION.test(detail));
  return {
    kind,
    atMs,
    ...parseParameter(text, kind, parameters),
    ...parseFaultDuration(text, kind, durations),
  };
}

function parseParameter(
  fault: string,
  kind: FaultKind,
  [parameter, ...extra]: readonly string[],
): Pick<Fault, 'parameter'> {
  if (parameter === undefined) return {};
  const accepted = FAULTS[kind].parameter;
  if (!accepted || extra.length > 0) {
    throw invalid(fault, `${kind} does not take the parameter ${extra[0] ?? parameter}`);
  }
  const violation = accepted.rule(parameter);
  if (violation) throw invalid(fault, `${parameter} ${violation}`);
  return { parameter };
}

function parseFaultDuration(
  fault: string,
  kind: FaultKind,
  [duration, ...extra]: readonly string[],
): Pick<Fault, 'durationMs'> {
  const accepted = FAULTS[kind].duration;
  if (duration === undefined) {
    if (accepted === 'required') throw invalid(fault, `${kind} needs a duration, as in ${kind}:500ms`);
    return {};
  }
  if (!accepted || extra.length > 0) {
    throw invalid(fault, `${kind} does not take the duration ${extra[0] ?? duration}`);
  }
  return { durationMs: parseDuration(duration) ?? 0 };
}

function parseDuration(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return unit === 'ms' || unit === 's' || unit === 'm'
    ? Math.round(Number(count) * MS_PER_UNIT[unit])
    : undefined;
}

function formatDuration(ms: number): string {
  return ms < 1000 ? `${ms}ms` : `${ms / 1000}s`;
}

function unknownKind(fault: string, name: string): FunAsrError {
  const similar = closest(name, FAULT_KINDS);
  return invalid(
    fault,
    `unknown kind ${name}`,
    similar ? `Did you mean ${similar}?` : `The kinds are ${FAULT_KINDS.join(', ')}.`,
  );
}

function invalid(fault: string, reason: string, hint?: string): FunAsrError {
  return new FunAsrError('E_OPTION', `fault ${fault}: ${reason}`, { hint });
}
