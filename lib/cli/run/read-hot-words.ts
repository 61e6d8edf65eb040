import { readFile } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import type { HotWord } from '../../account/hot-words.ts';
import { FunAsrError, messageOf } from '../../core/errors.ts';

/** What the words of a file get that has no more than words. */
export interface HotWordDefaults {
  readonly weight?: number | undefined;
  readonly lang?: string | undefined;
}

/**
 * Reads hot words from a file, or from standard input for `-`: one a line, or the JSON array of the official
 * pages, objects with `text`, `weight` and `lang`.
 * @throws {FunAsrError} `E_READ`; `E_OPTION` for JSON that is none.
 */
export async function readHotWords(file: string, { weight, lang }: HotWordDefaults): Promise<HotWord[]> {
  const content = await (file === '-' ? readStream(process.stdin) : readFile(file, 'utf8')).catch(
    (cause: unknown) => {
      throw new FunAsrError('E_READ', `${file}: cannot be read: ${messageOf(cause)}`, { cause });
    },
  );
  const words = content.trimStart().startsWith('[') ? parse(file, content) : lines(content);
  return words.map((word) => ({ weight, lang, ...word }));
}

function lines(content: string): HotWord[] {
  return content
    .split('\n')
    .map((line) => ({ text: line.trim() }))
    .filter(({ text }) => text !== '');
}

/** What is in the array is checked with all other hot words. */
function parse(file: string, content: string): HotWord[] {
  try {
    return JSON.parse(content) as HotWord[];
  } catch (cause) {
    throw new FunAsrError('E_OPTION', `${file}: is no JSON: ${messageOf(cause)}`, { cause });
  }
}
