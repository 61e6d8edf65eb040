import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Writable } from 'node:stream';
import { FunAsrError } from '../../core/errors.ts';
import { jsonLine } from '../../core/json-line.ts';
import { withoutKeys } from '../../core/redact.ts';
import { CHANNELS, type Diagnostics } from './diagnostics.ts';

/**
 * Writes what goes over the wire of all recognitions of this process, one JSON object a line, for bug reports: every
 * message, the size of audio in place of its bytes, and what the client makes of it. Headers are never in it, and so
 * the key is not; what was recognised is.
 * @returns Stops it.
 */
export function traceWire(output: Writable): () => void {
  const begun = performance.now();
  const listeners = (Object.keys(CHANNELS) as (keyof Diagnostics)[]).map((name) => {
    const listener = (message: unknown): void => {
      const ms = Math.round(performance.now() - begun);
      const told = Object.entries(message as object).map(([field, value]) => [field, plain(value)]);
      output.write(`${withoutKeys(jsonLine({ ms, event: name, ...Object.fromEntries(told) }))}\n`);
    };
    subscribe(CHANNELS[name], listener);
    return () => unsubscribe(CHANNELS[name], listener);
  });
  return () => {
    for (const stop of listeners) stop();
  };
}

/** An error is told by its code and message. */
function plain(value: unknown): unknown {
  return value instanceof FunAsrError ? { code: value.code, message: value.message } : value;
}
