import type { FinalSentence, Word } from '../../sentence.ts';
import { speakerOf } from '../cues/speaker.ts';
import { spaceBetween } from '../../core/text/join-text.ts';

/**
 * The parts of a JSON document that other programs read. Each sentence is written when it arrives. What is known only at
 * the end, as the whole text, comes last: readers do not depend on the order of keys.
 *
 * A value that recognition does not give, as a confidence, is null where readers expect the key, and is never made up.
 */
export interface JsonDocument {
  readonly head: string;
  /** @param index Counts from 0. */
  sentence(sentence: FinalSentence, index: number): string;
  end(): string;
}

/** A time in ms as seconds, with at most three decimals; null when it is invalid. */
export function secondsOf(ms: unknown): number | null {
  const valid = validMs(ms);
  return valid === null ? null : valid / 1000;
}

/** A time as an integer; null when it is invalid. */
export function validMs(ms: unknown): number | null {
  return typeof ms === 'number' && Number.isFinite(ms) && ms >= 0 ? Math.round(ms) : null;
}

/** Largest number of a channel that is written. Deepgram lists all channels up to the last one. */
const MAX_CHANNEL = 255;

/** The channel of a sentence; 0 when the channels were not recognised separately. */
export function channelOf({ channel_id: channel = 0 }: FinalSentence): number {
  return Number.isInteger(channel) && channel >= 0 && channel <= MAX_CHANNEL ? channel : 0;
}

/** Name of the speaker, else the number that the service gave; undefined when neither is known. */
export function speakerIn(sentence: FinalSentence, word: Word | undefined): string | number | undefined {
  const ids = [speakerOf(sentence), word?.speaker_id, sentence.speaker_id];
  return ids.find((id) => typeof id === 'number' || (typeof id === 'string' && id !== '')) as
    | string
    | number
    | undefined;
}

/** Joins the texts of sentences while they arrive. */
export class JoinedText {
  readonly #parts: string[] = [];
  #last = '';

  add(text: string): void {
    const part = text.trim();
    if (part === '') return;
    this.#parts.push(spaceBetween(this.#last, part) + part);
    this.#last = part;
  }

  toString(): string {
    return this.#parts.join('');
  }
}

/** Finds the language of a document: the first that a sentence names. */
export function languageIn({ language }: FinalSentence): string | undefined {
  return typeof language === 'string' && language !== '' ? language : undefined;
}
