import { jsonLine } from '../../core/json-line.ts';
import type { FinalSentence } from '../../sentence.ts';
import { JoinedText, type JsonDocument, languageIn, secondsOf, speakerIn } from './json-document.ts';
import { wordTexts } from './word-texts.ts';

/** The document of the whisper program: the words are in the segments, and begin with the space before them. */
export function whisperDocument(): JsonDocument {
  const text = new JoinedText();
  let language: string | undefined;
  return {
    head: '{"segments":[',
    sentence(sentence, index) {
      text.add(sentence.text);
      language ??= languageIn(sentence);
      const words = wordTexts(sentence).map(({ word, punctuated, hasSpaceBefore }) => ({
        word: (hasSpaceBefore ? ' ' : '') + punctuated,
        start: secondsOf(word.begin_time),
        end: secondsOf(word.end_time),
        probability: null,
      }));
      return `${index > 0 ? ',' : ''}\n${jsonLine({ ...segmentOf(sentence, index), words })}`;
    },
    end: () => `\n],${fields({ text: String(text), language: language ?? null })}}\n`,
  };
}

/** The document "verbose JSON" of OpenAI: as that of whisper, but with the words of all segments in one list. */
export function openaiDocument(): JsonDocument {
  const text = new JoinedText();
  const words: string[] = [];
  let language: string | undefined;
  return {
    head: '{"task":"transcribe","segments":[',
    sentence(sentence, index) {
      text.add(sentence.text);
      language ??= languageIn(sentence);
      for (const { word, punctuated } of wordTexts(sentence)) {
        const start = secondsOf(word.begin_time);
        words.push(jsonLine({ word: punctuated, start, end: secondsOf(word.end_time) }));
      }
      return `${index > 0 ? ',' : ''}\n${jsonLine(segmentOf(sentence, index))}`;
    },
    end: () => {
      const rest = fields({ text: String(text), language: language ?? null, duration: null });
      return `\n],"words":[\n${words.join(',\n')}\n],${rest}}\n`;
    },
  };
}

/** Whisper has no speakers. WhisperX, which adds them, has this field too. */
function segmentOf(sentence: FinalSentence, id: number): object {
  const speaker = speakerIn(sentence, sentence.words[0]);
  return {
    id,
    seek: null,
    start: secondsOf(sentence.begin_time),
    end: secondsOf(sentence.end_time),
    text: sentence.text,
    tokens: [],
    temperature: null,
    avg_logprob: null,
    compression_ratio: null,
    no_speech_prob: null,
    ...(speaker !== undefined && { speaker }),
  };
}

/** The fields of an object without its braces. */
function fields(value: object): string {
  return jsonLine(value).slice(1, -1);
}
