import type { Duplex } from 'node:stream';
import { text as textOfStream } from 'node:stream/consumers';
import * as fc from 'fast-check';
import type { FinalSentence, Sentence, Word } from '../../../lib/sentence.ts';

/** Makes a final sentence. Words are given as `[begin, end, text, punctuation]`. */
export function finalSentence(
  text: string,
  begin: number,
  end: number,
  words: ReadonlyArray<readonly [number, number, string, string?]> = [],
): FinalSentence {
  return {
    sentence_id: 1,
    begin_time: begin,
    end_time: end,
    text,
    words: words.map(([begin_time, end_time, word, punctuation = '']) => ({
      begin_time,
      end_time,
      text: word,
      punctuation,
    })),
    sentence_end: true,
    request_id: 'r-1',
  };
}

/** The partial form of a sentence. */
export function partial(sentence: Sentence): Sentence {
  return { ...sentence, sentence_end: false, end_time: null };
}

/** The output of a text format for some sentences. */
export async function written(writer: Duplex, sentences: readonly Sentence[]): Promise<string> {
  for (const sentence of sentences) writer.write(sentence);
  writer.end();
  return await textOfStream(writer);
}

/** Sentences with valid times: each word begins when the one before has ended, or later. */
export const spokenSentences: fc.Arbitrary<FinalSentence[]> = fc
  .array(
    fc.record({
      words: fc.array(
        fc.record({
          text: fc.oneof(
            fc.constantFrom(
              ' the',
              ' Dashwood',
              ' and',
              ' amiable',
              '我们',
              '今天',
              'ました',
              '的',
              ' 2024',
              '。',
            ),
            fc
              .string({ minLength: 1, maxLength: 9, unit: fc.constantFrom('a', 'b', 'c', 'd', 'e') })
              .map((w) => ` ${w}`),
          ),
          punctuation: fc.constantFrom('', '', '', ',', '.', '?', '，', '。'),
          pause: fc.constantFrom(0, 0, 0, 40, 300, 700, 2000),
          duration: fc.integer({ min: 1, max: 900 }),
        }),
        { minLength: 1, size: 'max', maxLength: 80 },
      ),
      pause: fc.integer({ min: 0, max: 4000 }),
    }),
    { maxLength: 6 },
  )
  .map((spoken) => {
    let time = 0;
    return spoken.map(({ words, pause }, index) => {
      time += pause;
      const timed: Word[] = words.map((word) => {
        const begin_time = time + word.pause;
        time = begin_time + word.duration;
        return { begin_time, end_time: time, text: word.text, punctuation: word.punctuation };
      });
      const text = timed
        .map((word) => word.text + word.punctuation)
        .join('')
        .trimStart();
      return {
        ...finalSentence(text, timed[0]?.begin_time ?? time, time),
        sentence_id: index + 1,
        words: timed,
      };
    });
  });

const hostileTime = fc.oneof(
  fc.integer({ min: -500, max: 20_000 }),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e300, 0.5, -1, Number.MAX_SAFE_INTEGER),
  // Services send null although the type is a number.
  fc.constant(JSON.parse('null') as number),
);

// biome-ignore format: a table
const HOSTILE_PIECES = [
  '-->', '\n\n', '\r', '\t', '\0', '\u2028', '\u2029', '\u0085', '\ufeff', '\u00a0', '\u3000', ' ', '  ',
  '&', '<', '>', '<b>', '&amp;', '{', '"', '\ud83d', '\ude00', '👩‍👩‍👧', 'e\u0301', '\u0301', '\u200b',
  '的', '「', '」', '、', '。', '……', '——', 'ッ', '한국어', 'สวัสดี', '.', ',', '1', '00:00:01,000', 'WEBVTT',
  'a'.repeat(100), '字'.repeat(60),
];

const hostileText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(...HOSTILE_PIECES),
    ),
    { size: 'max', maxLength: 25 },
  )
  .map((parts) => parts.join(''));

const hostileSpan = fc.record({ begin_time: hostileTime, end_time: hostileTime });

/** Final sentences with invalid times, and with texts that are special in the text formats. */
export const hostileSentences: fc.Arbitrary<FinalSentence[]> = fc.array(
  fc
    .record({
      text: hostileText,
      span: hostileSpan,
      words: fc.array(
        fc.record({
          span: hostileSpan,
          text: hostileText,
          punctuation: fc.constantFrom('', '.', '-->', '\n'),
        }),
        { maxLength: 12 },
      ),
    })
    .map(({ text, span, words }) => ({
      ...finalSentence(text, 0, 0),
      ...span,
      // A sentence whose end is not a number is partial.
      end_time: span.end_time ?? Number.NaN,
      words: words.map((word) => ({ ...word.span, text: word.text, punctuation: word.punctuation })),
    })),
  { maxLength: 6 },
);

/** What can be read in some sentences, without what no format keeps. */
export function readable(sentences: readonly Sentence[]): string {
  return sentences
    .map(({ text }) => bare(text))
    .filter((text) => /[\p{L}\p{N}\p{S}]/u.test(text))
    .join('');
}

/** A text without what no format keeps as it is: white space and control characters. */
export function bare(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd').replaceAll(/[\s\p{Cc}]/gu, '');
}
