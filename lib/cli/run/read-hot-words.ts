import { readFile } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import type { HotWord } from '../../protocol/hot-words.ts';
import { FunAsrError, messageOf } from '../../core/errors.ts';

/** Values for hot words that have none of their own. */
export interface HotWordDefaults {
  readonly weight?: number | undefined;
  readonly lang?: string | undefined;
}

/**
 * Reads hot words from a file, or from standard input for `-`: one per line, or the JSON array of the official
 * documentation, objects with `text`, `weight` and `lang`.
 * @throws {FunAsrError} `E_READ`; `E_OPTION` for invalid JSON.
 */
export async function readHotWords(file: string, { weight, lang }: HotWordDefaults): Promise<HotWord[]> {
  const content = await (file === '-' ? readStream(process.stdin) : readFile(file, 'utf8')).catch(
    (cause: unknown) => {
      throw new FunAsrError('E_READ', `${file}: cannot read the hot words: ${messageOf(cause)}`, {
        cause,
        hint: 'Check the path and the permissions of the file.',
      });
    },
  );
  return parseHotWords(file, content).map((word) => ({ weight, lang, ...word }));
}

/**
 * Reads hot words from the content of a file: one per line, or a JSON array.
 * @throws {FunAsrError} `E_OPTION` for invalid JSON.
 */
export function parseHotWords(file: string, content: string): HotWord[] {
  return content.trimStart().startsWith('[') ? parseJson(file, content) : parseLines(content);
}

function parseLines(content: string): HotWord[] {
  return content
    .split('\n')
    .map((line) => ({ text: line.trim() }))
    .filter(({ text }) => text !== '');
}

/** Does not check the entries: the account functions check all hot words. */
function parseJson(file: string, content: string): HotWord[] {
  try {
    return JSON.parse(content) as HotWord[];
  } catch (cause) {
    throw new FunAsrError('E_OPTION', `${file}: invalid JSON: ${messageOf(cause)}`, {
      cause,
      hint: 'Write an array of objects such as {"text": "Fun-ASR"}, or one hot word per line.',
    });
  }
}
