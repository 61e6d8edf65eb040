/** The parts of a Markdown page that do not depend on the language of its text. */

const FENCED = /^```(\w*)\n(.*?)^```$/gms;

const INDENTED = /(?<=\n\n)(?: {4}\S.*\n)+/g;

/** Code without comments, which may be translated. */
function withoutComments(code: string): string {
  return code
    .split('\n')
    .map((line) => line.replace(/(^|\s+)(#|\/\/)\s.*$/, '').trim())
    .filter((line) => line !== '')
    .join('\n');
}

/** The code blocks of a page: the language of each, or `indented`, and its code without comments. */
export function codeBlocksOf(markdown: string): string[] {
  const fenced = [...markdown.matchAll(FENCED)].map(({ index, 1: language = '', 2: code = '' }) => ({
    index,
    block: `${language}\n${withoutComments(code)}`,
  }));
  // Fenced code becomes dashes of the same length, so that lines in it do not count as indented code.
  const rest = markdown.replaceAll(FENCED, (block) => '-'.repeat(block.length));
  const indented = [...rest.matchAll(INDENTED)].map(({ index, 0: code }) => ({
    index,
    block: `indented\n${withoutComments(code)}`,
  }));
  return [...fenced, ...indented].sort((a, b) => a.index - b.index).map(({ block }) => block);
}

/** The headings of a page, in its order: the marks of the level, and the text if it is an error code. */
export function headingsOf(markdown: string): string[] {
  const headings = markdown.replaceAll(FENCED, '').matchAll(/^(#+) (.*)$/gm);
  return [...headings].map(([, marks = '', text = '']) =>
    /^[EW]_\w+$/.test(text) ? `${marks} ${text}` : marks,
  );
}

/** The targets of the links of a page, in its order. */
export function linkTargetsOf(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
}

/** What a cell of a table has in every language: its code spans, sorted, or a number with its unit. */
function cellOf(cell: string): string {
  const spans = [...cell.matchAll(/`[^`]+`/g)].map(([span]) => span).sort();
  if (spans.length > 0) return spans.join(' ');
  return /^[\d.,]+( (%|ms|MB))?$/.test(cell) ? cell : '';
}

/** The rows of each table of a page. */
export function tablesOf(markdown: string): string[][][] {
  const tables = markdown.replaceAll(FENCED, '').matchAll(/(?:^\|.*\n)+/gm);
  return [...tables].map(([table]) =>
    table
      .trim()
      .split('\n')
      .map((row) =>
        row
          .split(/(?<!\\)\|/)
          .slice(1, -1)
          .map((cell) => cellOf(cell.trim())),
      ),
  );
}
