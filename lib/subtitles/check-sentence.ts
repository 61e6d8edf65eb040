import { inspect } from 'node:util';
import { FunAsrError } from '../core/errors.ts';
import type { Step } from '../core/stage.ts';
import type { Sentence, Word } from '../sentence.ts';

/**
 * Makes a step refuse what is not a `Sentence`.
 * @param owner Name of the stage, for the message.
 */
export function checkSentences<Output>(owner: string, step: Step<Sentence, Output>): Step<Sentence, Output> {
  return {
    // What is not a sentence is refused when it is fed.
    prepare: (sentence) =>
      typeof (Object(sentence) as Partial<Sentence>).text === 'string' ? step.prepare?.(sentence) : undefined,
    feed(sentence) {
      const missing = missingFrom(sentence) ?? missingFinality(sentence);
      if (missing === undefined) return step.feed(withWords(sentence));
      throw new FunAsrError(
        'E_OPTION',
        `${owner}: a sentence must be an object with ${missing}, got ${inspect(sentence, { depth: 1, breakLength: Infinity })}`,
        { hint: 'Write the sentences of recognize() or transcribe(), or objects of the same shape.' },
      );
    },
    flush: () => step.flush?.() ?? [],
    end: () => step.end(),
  };
}

/** Other programs leave the words out when they have no times. */
function withWords(sentence: Sentence): Sentence {
  return Array.isArray(sentence.words) ? sentence : Object.assign({}, sentence, { words: [] });
}

/**
 * What a value lacks to be a `Sentence`; undefined if it is one. Times are not checked: the stages repair broken ones.
 */
export function missingFrom(value: unknown): string | undefined {
  const sentence = Object(value) as Partial<Sentence>;
  if (typeof sentence.text !== 'string') return 'a text';
  const hasNoWords = (sentence.words ?? undefined) === undefined && typeof sentence.begin_time === 'number';
  if (hasNoWords) return undefined;
  if (!Array.isArray(sentence.words) || !sentence.words.every(isWord)) return 'a list of words';
  return undefined;
}

/**
 * What a sentence lacks to be either partial or final; undefined if it is one of them. Without this check, its text would be
 * taken for that of a partial sentence, and not be written.
 */
function missingFinality({ sentence_end: isEnd, end_time: end }: Partial<Sentence>): string | undefined {
  if (typeof isEnd !== 'boolean') return 'sentence_end: true or false';
  return isEnd && typeof (end ?? 0) !== 'number' ? 'an end_time in ms' : undefined;
}

function isWord(value: unknown): value is Word {
  return typeof (Object(value) as Partial<Word>).text === 'string';
}
