import { jsonLine } from '../../core/json-line.ts';
import type { FinalSentence, Word } from '../../sentence.ts';
import { channelOf, JoinedText, type JsonDocument, secondsOf, speakerIn } from './json-document.ts';
import { wordTexts } from './word-texts.ts';

interface Channel {
  readonly text: JoinedText;
  /** The words of each sentence, as JSON. */
  readonly words: string[];
}

/** The document of Deepgram: the sentences are `utterances`, and each channel has its text and words again. */
export function deepgramDocument(): JsonDocument {
  const channels: Channel[] = [];
  let requestId: string | null = null;
  return {
    head: '{"results":{"utterances":[',
    sentence(sentence, index) {
      requestId ??= sentence.request_id || null;
      const number = channelOf(sentence);
      while (channels.length <= number) channels.push({ text: new JoinedText(), words: [] });
      const words = wordsOf(sentence);
      channels[number]?.text.add(sentence.text);
      if (words.length > 0) channels[number]?.words.push(words.map(jsonLine).join(','));
      const utterance = {
        start: secondsOf(sentence.begin_time),
        end: secondsOf(sentence.end_time),
        confidence: null,
        channel: number,
        transcript: sentence.text,
        words,
        ...speakerField(sentence, sentence.words[0]),
        id: String(sentence.sentence_id),
      };
      return `${index > 0 ? ',' : ''}\n${jsonLine(utterance)}`;
    },
    end() {
      // Deepgram has a channel also when nothing was spoken.
      if (channels.length === 0) channels.push({ text: new JoinedText(), words: [] });
      const metadata = { request_id: requestId, duration: null, channels: channels.length, models: [] };
      return `\n],"channels":[${channels.map(channelJson).join(',')}\n]},"metadata":${jsonLine(metadata)}}\n`;
    },
  };
}

function channelJson({ text, words }: Channel): string {
  const alternative = jsonLine({ transcript: String(text), confidence: null });
  return `\n{"alternatives":[${alternative.slice(0, -1)},"words":[${words.join(',\n')}]}]}`;
}

function wordsOf(sentence: FinalSentence): object[] {
  return wordTexts(sentence).map(({ word, text, punctuated }) => ({
    word: text,
    punctuated_word: punctuated,
    start: secondsOf(word.begin_time),
    end: secondsOf(word.end_time),
    confidence: null,
    ...speakerField(sentence, word),
  }));
}

function speakerField(sentence: FinalSentence, word?: Word): { readonly speaker?: string | number } {
  const speaker = speakerIn(sentence, word);
  return speaker === undefined ? {} : { speaker };
}
