import type { FinalSentence } from '../../sentence.ts';
import { spaceBetween } from '../join-text.ts';

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

/** A speaker as other programs write it: a number when the name is one. */
export function speakerValue(speaker: string): string | number {
  return /^(?:0|[1-9]\d{0,8})$/.test(speaker) ? Number(speaker) : speaker;
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
