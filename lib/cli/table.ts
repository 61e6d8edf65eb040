import stringWidth from 'string-width';

/** Rows of text as columns, for people: machines take `--json`. */
export function table(header: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column] ?? ''))));
  return all
    .map((row) => row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell))))
    .map((cells) => `${cells.join('  ').trimEnd()}\n`)
    .join('');
}
