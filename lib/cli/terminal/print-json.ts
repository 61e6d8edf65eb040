import { jsonLine } from '../../core/json-line.ts';

/** Writes an object to stdout as one line of JSON. */
export function printJson(value: object): void {
  process.stdout.write(`${jsonLine(value)}\n`);
}
