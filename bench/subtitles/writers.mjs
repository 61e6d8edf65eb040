// The writers that are compared: functions from final sentences to SRT.
import { DeepgramConverter, srt as deepgramSrt } from '@deepgram/captions';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { srt } from '../../dist/index.js';
import { LIMITS } from './rules.mjs';

export const WRITERS = {
  ours: (sentences, language) => text(Readable.from(structuredClone(sentences)).compose(srt({ language }))),
  '@deepgram/captions': (sentences) => deepgramSrt(new DeepgramConverter(deepgramOf(sentences))),
  'whisper rules': (sentences) => whisperSrt(sentences, {}),
  'whisper rules, width': (sentences, language) =>
    whisperSrt(sentences, {
      lineWidth: LIMITS[language].lineWidth / LIMITS[language].unitsPerCharacter,
      lineCount: 2,
    }),
};

/** The JSON that the converter of Deepgram reads. */
export function deepgramOf(sentences) {
  return {
    results: {
      utterances: sentences.map(({ begin_time, end_time, text: transcript, words }) => ({
        start: begin_time / 1000,
        end: end_time / 1000,
        transcript,
        words: words.map(({ begin_time: begin, end_time: end, text: word, punctuation }) => ({
          word: word.trim(),
          punctuated_word: word.trim() + punctuation,
          start: begin / 1000,
          end: end / 1000,
        })),
      })),
    },
  };
}

/**
 * The rules that Whisper documents for its own writer, not its code. Without a width a segment is a cue. With
 * `--max_line_width` and `--max_line_count` (and word times) words fill a line up to the width in characters; a line
 * that is full begins the next line, or after the last line the next cue; so does a pause of more than 3 s. The cue lasts
 * from the start of its first to the end of its last word.
 */
function whisperSrt(sentences, { lineWidth, lineCount }) {
  const cues = [];
  if (!lineWidth) {
    for (const { begin_time, end_time, text: line } of sentences) cues.push([begin_time, end_time, line]);
  } else {
    let cue;
    let lines = 0;
    let length = 0;
    let last = -Infinity;
    for (const { begin_time, end_time, text: word, punctuation } of sentences.flatMap(whisperWords)) {
      const token = word + punctuation;
      const isPause = begin_time - last > 3000;
      const isFull = length + [...token].length > lineWidth;
      if (cue && !isPause && !isFull) {
        cue[2] += token;
        length += [...token].length;
      } else {
        if (!cue || isPause || lines >= lineCount) {
          cue = [begin_time, end_time, token.trim()];
          cues.push(cue);
          lines = 1;
        } else {
          cue[2] += `\n${token.trim()}`;
          lines += 1;
        }
        length = [...token.trim()].length;
      }
      cue[1] = end_time;
      last = begin_time;
    }
  }
  return cues
    .map(([start, end, lines], index) => `${index + 1}\n${stamp(start)} --> ${stamp(end)}\n${lines}\n\n`)
    .join('');
}

/** The tokens of Whisper begin with a space also at the start of a segment. */
function whisperWords({ words }) {
  const [first, ...rest] = words;
  return /^[A-Za-z]/.test(first.text) ? [{ ...first, text: ` ${first.text}` }, ...rest] : words;
}

function stamp(ms) {
  return new Date(ms).toISOString().slice(11, 23).replace('.', ',');
}
