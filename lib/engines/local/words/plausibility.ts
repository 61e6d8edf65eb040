/** Fast speech has 8 tokens a second; a model that repeats itself without end writes 15, and stops at its own limit. */
const RUNAWAY_TOKENS_PER_SECOND = 12;
const TOKENS_BESIDE = 4;
/** Share of tokens that may be in another script: a foreign name in the middle of a sentence. */
const MAX_FOREIGN_SHARE = 0.1;

/** A letter that is not Latin, or one byte of a character that the vocabulary lacks. */
const FOREIGN = /(?!\p{Script=Latin})\p{L}|^<0x[0-9A-F]{2}>$/u;

/** Decides whether a model repeated itself until it was stopped: words that follow the repeated ones are missing. */
export function isRunaway(tokens: readonly string[], seconds: number): boolean {
  return tokens.length > seconds * RUNAWAY_TOKENS_PER_SECOND + TOKENS_BESIDE;
}

/** Decides whether tokens are in another script than English: a model of English answers some Chinese speech so. */
export function isForeign(tokens: readonly string[]): boolean {
  return tokens.filter((token) => FOREIGN.test(token)).length > tokens.length * MAX_FOREIGN_SHARE;
}

/** Fast speech has 8 Chinese characters a second, and 20 Latin letters. */
const MAX_CHARACTERS_PER_SECOND = { withoutSpaces: 14, withSpaces: 35 };
const CHARACTERS_BESIDE = 6;
const WITHOUT_SPACES = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

/** Decides whether a text is too long to be the speech of a time. */
export function isTooFast(text: string, durationMs: number): boolean {
  const withoutSpaces = text.match(WITHOUT_SPACES)?.length ?? 0;
  const others = text.length - withoutSpaces;
  const { withoutSpaces: fast, withSpaces } = MAX_CHARACTERS_PER_SECOND;
  const neededMs = 1000 * (withoutSpaces / fast + others / withSpaces);
  return withoutSpaces + others > CHARACTERS_BESIDE && neededMs > durationMs;
}
