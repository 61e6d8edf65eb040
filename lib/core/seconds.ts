import type { TimeSpan } from './errors.ts';

/** Formats a time in ms for a message: `12.3 s`. */
export function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Formats a part of a recording for a message: `12.0 s to 19.5 s`. */
export function formatSpan({ beginMs, endMs }: TimeSpan): string {
  return `${formatSeconds(beginMs)} to ${formatSeconds(endMs)}`;
}
