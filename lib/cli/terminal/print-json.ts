import { jsonLine } from '../../core/json-line.ts';

/** Writes one JSON object a line to stdout, which carries nothing else then. */
export function printJson(value: object): void {
  process.stdout.write(`${jsonLine(value)}\n`);
}
