import { readFileSync } from 'node:fs';
import { FunAsrError, messageOf } from '../../../core/errors.ts';
import type { Rule } from '../../../core/options.ts';
import { DEFAULT_HOT_WORD_WEIGHT, type HotWord } from '../../../protocol/hot-words.ts';
import type { InlineVocabulary } from '../../../protocol/inline-vocabulary.ts';
import { PARAMETERS } from '../../../protocol/parameters.ts';
import type { RecognitionContext } from '../../../protocol/context.ts';
import { parseHotWords } from '../../run/read-hot-words.ts';

/**
 * Reads the context of a recognition from a file: a text, or a JSON array of messages.
 * @throws {FunAsrError} `E_READ`; `E_OPTION` for invalid JSON, or a context that the service would cut off.
 */
export function readContextFile(file: string): RecognitionContext {
  const content = read(file, 'the context').trim();
  const context = content.startsWith('[')
    ? parseJson(file, content, 'Write a text, or an array of messages with role and content.')
    : content;
  check(file, context, 'the context', PARAMETERS.context.rule);
  return context as RecognitionContext;
}

/**
 * Reads hot words that are sent with the recognition from a file: one per line, the JSON array of hot words with `text` and
 * `weight`, or a JSON object of words and weights. Words without weight get the recommended one.
 * @throws {FunAsrError} `E_READ`; `E_OPTION` for invalid JSON or hot words.
 */
export function readVocabularyFile(file: string): InlineVocabulary {
  const content = read(file, 'the hot words').trim();
  const vocabulary = content.startsWith('{')
    ? parseJson(file, content, 'Write an object such as {"Fun-ASR": 4}, or one hot word per line.')
    : weightsOf(file, parseHotWords(file, content));
  check(file, vocabulary, 'the hot words', PARAMETERS.vocabulary.rule);
  return vocabulary as InlineVocabulary;
}

function weightsOf(file: string, words: readonly HotWord[]): InlineVocabulary {
  const entries = words.map((word): [string, number] => {
    const { text, weight = DEFAULT_HOT_WORD_WEIGHT, lang } = Object(word) as HotWord;
    if (lang === undefined && typeof text === 'string') return [text, weight];
    throw new FunAsrError(
      'E_OPTION',
      `${file}: ${lang === undefined ? 'a hot word has no text' : `the hot word ${JSON.stringify(text)} has a lang`}`,
      {
        hint: 'Hot words that are sent with the recognition have a text and a weight. Lists of the account have languages, too.',
      },
    );
  });
  return Object.fromEntries(entries);
}

function read(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FunAsrError('E_READ', `${file}: cannot read ${what}: ${messageOf(cause)}`, {
      cause,
      hint: 'Check the path and the permissions of the file.',
    });
  }
}

function parseJson(file: string, content: string, hint: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new FunAsrError('E_OPTION', `${file}: invalid JSON: ${messageOf(cause)}`, { cause, hint });
  }
}

function check(file: string, value: unknown, what: string, rule: Rule): void {
  const broken = rule(value);
  if (broken) throw new FunAsrError('E_OPTION', `${file}: ${what} ${broken}`);
}
