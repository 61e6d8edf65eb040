import type { SpeechResult } from '../runtime/sherpa.ts';

/** A token is not longer than this, in ms: a model gives only its begin. */
const MAX_TOKEN_MS = 400;
/** Tags such as `<|zh|>`, and tokens for the begin and the end of a text. */
const TAG = /^<[^<>]*>$/;
/** Characters that are not part of the text: the begin of a word in the tables of BPE models, and spaces. */
const SPACES = /[▁\s]+/gu;
/** Two marks at the end of a token of BPE that the next one continues. */
const CONTINUED = /@@$/;

/**
 * Times of the characters (UTF-16 units that are not spaces) of a text, from the times of the tokens of a model, in ms from the start of its samples.
 * Returns undefined if the model gave no times, or if the tokens are not those of the text.
 */
export function characterTimes({ text, tokens, timestamps }: SpeechResult): readonly Time[] | undefined {
  if (timestamps.length === 0 || timestamps.length < tokens.length) return undefined;
  const times: Time[] = [];
  let joined = '';
  for (const [index, token] of tokens.entries()) {
    const characters = TAG.test(token) ? '' : token.replace(CONTINUED, '').replaceAll(SPACES, '');
    const begin = 1000 * (timestamps[index] ?? 0);
    const next = 1000 * (timestamps[index + 1] ?? Infinity);
    const length = Math.max(0, Math.min(next - begin, MAX_TOKEN_MS));
    for (let place = 0; place < characters.length; place += 1) {
      times.push({
        begin: begin + (length * place) / characters.length,
        end: begin + (length * (place + 1)) / characters.length,
      });
    }
    joined += characters;
  }
  return joined === text.replaceAll(SPACES, '') ? times : undefined;
}

/** Begin and end, in ms. */
export interface Time {
  readonly begin: number;
  readonly end: number;
}

/**
 * Estimates the times of the characters of a text: each gets the same share of the time without the pauses. On read speech the error of a word is 0.08 s
 * on average, and 0.6 s at most.
 */
export function estimateTimes(count: number, { begin, end }: Time, pauses: readonly Time[] = []): Time[] {
  const silence = pauses.reduce((sum, pause) => sum + pause.end - pause.begin, 0);
  const timeAt = (characters: number, isBegin: boolean): number => {
    let time = begin + ((end - begin - silence) * characters) / count;
    for (const pause of pauses) {
      // What ends at a pause ends before it, and what begins there begins after it.
      if (time > pause.begin || (isBegin && time === pause.begin)) time += pause.end - pause.begin;
    }
    return time;
  };
  return Array.from({ length: count }, (_, place) => ({
    begin: timeAt(place, true),
    end: timeAt(place + 1, false),
  }));
}
