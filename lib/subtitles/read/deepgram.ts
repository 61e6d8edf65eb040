import {
  badTranscript,
  isObject,
  type JsonObject,
  msOfSeconds,
  objectsOf,
  type ReadSentence,
  type ReadWord,
  speakerIdIn,
  trimmedText,
} from './transcript-values.ts';
import { sentencesOf, withWords } from './word-groups.ts';

/** Whether a document is that of Deepgram. */
export function isDeepgram({ results }: JsonObject): boolean {
  return isObject(results) && (Array.isArray(results.channels) || Array.isArray(results.utterances));
}

type Common = Pick<ReadSentence, 'channel' | 'requestId'>;

/** Reads the document: the sentences are its utterances, else those of its paragraphs, else made of the words. */
export function readDeepgram({ results, metadata }: JsonObject, place: string): ReadSentence[] {
  const { utterances, channels } = isObject(results) ? results : {};
  const requestId = (isObject(metadata) && trimmedText(metadata.request_id)) || undefined;
  const found = objectsOf(utterances) ?? [];
  const all = objectsOf(channels) ?? [];
  // A document without channels may still have several of them in its utterances.
  const isSplit = all.length > 1 || found.some(({ channel }) => typeof channel === 'number' && channel > 0);
  if (found.length > 0)
    return found.map((utterance, index) => {
      const channel = isSplit && typeof utterance.channel === 'number' ? utterance.channel : undefined;
      const words = (objectsOf(utterance.words) ?? []).map(wordOf);
      const speaker = speakerIdIn(utterance.speaker);
      const sentence = spanned(utterance, utterance.transcript, `${place}: utterance ${index}`);
      return { ...sentence, words, speaker, channel, requestId };
    });
  return all.flatMap((channel, index) =>
    sentencesOfChannel(channel, { requestId, channel: isSplit ? index : undefined }, place),
  );
}

function sentencesOfChannel({ alternatives }: JsonObject, common: Common, place: string): ReadSentence[] {
  const [best = {}] = objectsOf(alternatives) ?? [];
  const words = (objectsOf(best.words) ?? []).map(wordOf);
  const paragraphs = isObject(best.paragraphs) ? (objectsOf(best.paragraphs.paragraphs) ?? []) : [];
  const sentences = paragraphs.flatMap((paragraph) =>
    (objectsOf(paragraph.sentences) ?? []).map((sentence) => ({
      ...spanned(sentence, sentence.text, `${place}: a sentence`),
      ...common,
      speaker: speakerIdIn(paragraph.speaker),
      words: [],
    })),
  );
  if (sentences.length > 0) return withWords(sentences, words);
  if (words.length === 0 && trimmedText(best.transcript) !== '')
    throw badTranscript(place, 'the transcript has no utterances and no words, so that no times are known');
  return sentencesOf(words, common);
}

function spanned(
  { start, end }: JsonObject,
  text: unknown,
  place: string,
): Pick<ReadSentence, 'text' | 'beginMs' | 'endMs'> {
  const beginMs = msOfSeconds(start);
  const endMs = msOfSeconds(end);
  if (typeof text !== 'string' || beginMs === undefined || endMs === undefined)
    throw badTranscript(place, 'it needs a text, and start and end in seconds');
  return { text: text.trim(), beginMs, endMs };
}

function wordOf({ word, punctuated_word: punctuated, start, end, speaker }: JsonObject): ReadWord {
  return {
    text: trimmedText(punctuated) || trimmedText(word),
    beginMs: msOfSeconds(start),
    endMs: msOfSeconds(end),
    speaker: speakerIdIn(speaker),
  };
}
