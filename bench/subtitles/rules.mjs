// What is measured, as numbers and names. Shares no code with lib/: an error there must not hide here.

/** Limits per language. Widths are in half-width units. */
export const LIMITS = {
  en: { lineWidth: 42, speed: 20, unitsPerCharacter: 1, leastMs: 833, gapMs: 83 },
  zh: { lineWidth: 32, speed: 9, unitsPerCharacter: 2, leastMs: 833, gapMs: 83 },
  ja: { lineWidth: 26, speed: 7, unitsPerCharacter: 2, leastMs: 500, gapMs: 0 },
};
export const LINES = 2;
export const GREATEST_MS = 7000;
/** How long a cue may stay after its last word. */
export const READING_MS = 500;
export const PAUSE_MS = 1500;
export const OPEN_GAP_MS = [125, 500];

/** Violated rules of a cue are a set of bits. */
export const HARD_RULES = [
  'lines',
  'width',
  'speed',
  'short',
  'long',
  'gap',
  'overlap',
  'order',
  'start',
  'end',
  'kinsoku',
  'split',
  'pause',
];
export const SOFT_RULES = ['open-gap', 'line-break', 'cue-break', 'balance', 'orphan', 'two-lines'];
export const RULES = [...HARD_RULES, ...SOFT_RULES];
export const BIT = Object.fromEntries(RULES.map((rule, index) => [rule, 1 << index]));
export const HARD_BITS = (1 << HARD_RULES.length) - 1;

/** @returns The names of the rules in a set. */
export function rulesIn(bits) {
  return RULES.filter((rule) => bits & BIT[rule]);
}

/** @returns How many rules are in a set. */
export function countOf(bits) {
  let count = 0;
  for (let rest = bits; rest; rest &= rest - 1) count += 1;
  return count;
}
