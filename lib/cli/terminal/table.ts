import stringWidth from 'string-width';
import { printable } from './printable.ts';

/** Formats rows as aligned columns. Escapes control characters in the cells. */
export function table(header: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const all = [header, ...rows.map((row) => row.map(printable))];
  const widths = header.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column] ?? ''))));
  return all
    .map((row) => row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell))))
    .map((cells) => `${cells.join('  ').trimEnd()}\n`)
    .join('');
}
