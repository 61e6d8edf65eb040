import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Writable } from 'node:stream';
import { FunAsrError } from '../../core/errors.ts';
import { jsonLine } from '../../core/json-line.ts';
import { withoutKeys } from '../../core/redact.ts';
import { CHANNELS, type Diagnostics } from './diagnostics.ts';

/**
 * Writes the messages of all recognitions of this process, one JSON object a line, for bug reports: every message on
 * the wire, with the size of audio in place of its bytes, and the events of the client. It contains the recognised
 * text, but no headers, and so not the key.
 * @returns A function that stops the trace.
 */
export function traceWire(output: Writable): () => void {
  const startedAt = performance.now();
  const listeners = (Object.keys(CHANNELS) as (keyof Diagnostics)[]).map((name) => {
    const listener = (message: unknown): void => {
      const ms = Math.round(performance.now() - startedAt);
      const fields = Object.entries(message as object).map(([field, value]) => [field, plain(value)]);
      output.write(`${withoutKeys(jsonLine({ ms, event: name, ...Object.fromEntries(fields) }))}\n`);
    };
    subscribe(CHANNELS[name], listener);
    return () => unsubscribe(CHANNELS[name], listener);
  });
  return () => {
    for (const stop of listeners) stop();
  };
}

/** Writes an error as its code and message. */
function plain(value: unknown): unknown {
  return value instanceof FunAsrError ? { code: value.code, message: value.message } : value;
}
