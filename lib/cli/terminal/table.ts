import stringWidth from 'string-width';
import { printable } from './printable.ts';

/** Rows of text of whatever origin as columns, for people: machines take `--json`. */
export function table(header: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const all = [header, ...rows.map((row) => row.map(printable))];
  const widths = header.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column] ?? ''))));
  return all
    .map((row) => row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell))))
    .map((cells) => `${cells.join('  ').trimEnd()}\n`)
    .join('');
}
