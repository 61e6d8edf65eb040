import { spaceBetween } from '../../core/text/join-text.ts';
import { BORDER, borderBetween } from '../words/borders.ts';
import type { ReadSentence, ReadWord } from './transcript-values.ts';

/** What of a word is compared: letters and digits. */
function bare(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{M}\p{N}]/gu, '');
}

/** A word of a text is expected within this many characters after the one before. */
const SEARCH_LENGTH = 24;

/**
 * Distributes the words of a document among its sentences. The text of the sentences decides; the times decide about words
 * that the text does not contain, as numbers that are written out, and about punctuation.
 */
export function withWords(sentences: readonly ReadSentence[], words: readonly ReadWord[]): ReadSentence[] {
  let next = 0;
  return sentences.map((sentence, index) => {
    const isLast = index === sentences.length - 1;
    let rest = bare(sentence.text);
    const first = next;
    for (let word = words[next]; word !== undefined; word = words[next]) {
      const text = bare(word.text);
      const at = text === '' ? -1 : rest.slice(0, SEARCH_LENGTH + text.length).indexOf(text);
      if (at < 0 && !isLast && !isBefore(word, sentence.endMs)) break;
      // The sentence is complete: the word is that of the next one, although its times are too early.
      if (rest === '' && !isLast && text !== '' && isFoundIn(sentences[index + 1], text)) break;
      if (at >= 0) rest = rest.slice(at + text.length);
      next += 1;
    }
    return { ...sentence, words: words.slice(first, next) };
  });
}

function isFoundIn(sentence: ReadSentence | undefined, text: string): boolean {
  return bare(sentence?.text ?? '')
    .slice(0, SEARCH_LENGTH + text.length)
    .includes(text);
}

/** Whether the middle of a word is before a time. A word without times is. */
function isBefore({ beginMs, endMs }: ReadWord, ms: number): boolean {
  return beginMs === undefined || (beginMs + (endMs ?? beginMs)) / 2 < ms;
}

/** A pause of this length ends a sentence, also without punctuation. */
const SENTENCE_PAUSE_MS = 1500;

/** Makes sentences of words. They end at sentence marks, at pauses, and where the speaker changes. */
export function sentencesOf(
  words: readonly ReadWord[],
  common: Pick<ReadSentence, 'channel' | 'language' | 'requestId'>,
): ReadSentence[] {
  const groups: [ReadWord, ...ReadWord[]][] = [];
  let last: ReadWord | undefined;
  for (const word of words) {
    const group = groups.at(-1);
    if (group && last && !isEnd(last, word)) group.push(word);
    else groups.push([word]);
    last = word;
  }
  let lastMs = 0;
  return groups.map((group) => {
    const beginMs = group.find((word) => word.beginMs !== undefined)?.beginMs ?? lastMs;
    const endMs = group.findLast((word) => word.endMs !== undefined)?.endMs ?? beginMs;
    lastMs = endMs;
    const text = joinedText(group);
    return { ...common, text, beginMs, endMs, words: group, speaker: group[0].speaker };
  });
}

function joinedText(words: readonly ReadWord[]): string {
  return words
    .map(({ text, spaceBefore }, index) => {
      const before = words[index - 1]?.text ?? '';
      return (index === 0 ? '' : (spaceBefore ?? spaceBetween(before, text))) + text;
    })
    .join('');
}

function isEnd(last: ReadWord, next: ReadWord): boolean {
  const pauseMs = (next.beginMs ?? 0) - (last.endMs ?? Infinity);
  // The point of an abbreviation ends no sentence. The marks that end one are the same in all languages.
  const isMarked = borderBetween(last.text, next.text, 'en', false) === BORDER.sentence;
  return isMarked || pauseMs >= SENTENCE_PAUSE_MS || last.speaker !== next.speaker;
}
