import type { stt } from '@livekit/agents';
import { joinTexts } from '../../core/text/join-text.ts';
import type { Sentence } from '../../sentence.ts';
import { agents } from './load-agents.ts';

/** What is known about sentences beside their fields. */
export interface SpeechContext {
  /** Of the audio before them, in ms. */
  readonly offsetMs: number;
  /** What LiveKit adds to all times of a stream, in seconds. */
  readonly startTimeOffset: number;
  /** When a sentence does not name its language. */
  readonly language: string;
}

/** The speech of some sentences, as LiveKit describes it. The service gives no confidence, which is 0. */
export function speechData(
  sentences: readonly Sentence[],
  { offsetMs, startTimeOffset, language }: SpeechContext,
): stt.SpeechData {
  const seconds = (ms: number): number => (ms + offsetMs) / 1000 + startTimeOffset;
  const [first] = sentences;
  const last = sentences.at(-1);
  const words = sentences.flatMap((sentence) => sentence.words);
  const end = last?.end_time ?? last?.words.at(-1)?.end_time ?? last?.begin_time ?? 0;
  return {
    text: joinTexts(sentences.map(({ text }) => text)),
    language: agents.asLanguageCode(first?.language ?? language),
    startTime: seconds(first?.begin_time ?? 0),
    endTime: seconds(end),
    confidence: 0,
    words: words.map(({ text, punctuation, begin_time, end_time }) =>
      agents.createTimedString({
        text: `${text.trim()}${punctuation}`,
        startTime: seconds(begin_time),
        endTime: seconds(end_time),
        startTimeOffset,
      }),
    ),
  };
}
