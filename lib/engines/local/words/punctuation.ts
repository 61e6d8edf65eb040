import type { Word } from '../../../sentence.ts';
import type { EngineSentence } from '../../../service/engine.ts';
import { isForLanguage } from '../../models/punctuation-model.ts';
import type { Punctuator } from '../runtime/runtime.ts';

/** The marks of a punctuation model, and those of languages that write them in half width. */
const MARKS: ReadonlyMap<string, string> = new Map([
  ['，', ','],
  ['。', '.'],
  ['？', '?'],
  ['、', ','],
]);
/** Marks after which no sentence ends. */
const OPEN_END = /[，、]$/u;
const SENTENCE_MARK = /[,.?!;:，。？！；：、…]/u;
const CHINESE = /\p{Script=Han}/u;

/** Adds punctuation to sentences of a speech model that writes none. */
export class Punctuation {
  readonly #punctuator: Punctuator;
  readonly #languages: readonly string[];
  readonly #spoken: readonly string[];

  /**
   * @param languages Of the punctuation model.
   * @param spoken Those of the speech model. A sentence is in one of them.
   */
  constructor(punctuator: Punctuator, languages: readonly string[], spoken: readonly string[]) {
    this.#punctuator = punctuator;
    this.#languages = languages;
    this.#spoken = spoken;
  }

  /**
   * Adds marks to a final sentence, unless it has some or may be in a language that the model does not know.
   * @param language The one that the client names.
   * @throws {FunAsrError} `E_ENGINE`
   */
  async add(sentence: EngineSentence, language: string | undefined): Promise<EngineSentence> {
    const { words } = sentence;
    const known = language ?? sentence.language;
    const possible = known === undefined ? this.#spoken : [known];
    const isKnown =
      possible.length > 0 && possible.every((one) => isForLanguage(this.#languages, one)) && words.length > 0;
    if (!isKnown || words.some(({ punctuation }) => SENTENCE_MARK.test(punctuation))) return sentence;
    const marked = markWords(words, await this.#marksAfter(words));
    return { ...sentence, words: marked, text: textOf(marked) };
  }

  /** The marks after the words. sherpa-onnx leaves out the end of some texts, which is then given to it again. */
  async #marksAfter(words: readonly Word[]): Promise<string[]> {
    const marks: string[] = [];
    while (marks.length < words.length) {
      const rest = words.slice(marks.length);
      const found = marksIn(await this.#punctuator.addMarks(textOf(rest).trim()), rest);
      if (found.length === 0) break;
      marks.push(...found);
    }
    return marks;
  }
}

/** The marks after each of the words that a text contains. Spaces of the text are not those of the words. */
function marksIn(text: string, words: readonly Word[]): string[] {
  const characters = Array.from(text.replaceAll(/\s+/gu, ''));
  const marks: string[] = [];
  let at = 0;
  for (const word of words) {
    for (const character of textOf([word]).replaceAll(/\s+/gu, '')) {
      // A mark inside of a word is not used.
      while (characters[at] !== character) {
        if (!MARKS.has(characters[at] ?? '')) return marks;
        at += 1;
      }
      at += 1;
    }
    const next = characters[at] ?? '';
    marks.push(MARKS.has(next) ? next : '');
    if (MARKS.has(next)) at += 1;
  }
  return marks;
}

/** Writes marks after words. In a sentence with Chinese characters they have full width, and no space follows them. */
function markWords(words: readonly Word[], marks: readonly string[]): Word[] {
  const isWide = CHINESE.test(textOf(words));
  const last = marks[words.length - 1] ?? '';
  const all = words.map((_, index) => marks[index] ?? '');
  all[words.length - 1] = last === '' || OPEN_END.test(last) ? '。' : last;
  return words.map((word, index) => {
    const mark = all[index] ?? '';
    const isAfterWide = isWide && (all[index - 1] ?? '') !== '';
    return {
      ...word,
      text: isAfterWide ? word.text.trimStart() : word.text,
      punctuation: word.punctuation + (isWide ? mark : (MARKS.get(mark) ?? mark)),
    };
  });
}

function textOf(words: readonly Word[]): string {
  return words.map(({ text, punctuation }) => text + punctuation).join('');
}
