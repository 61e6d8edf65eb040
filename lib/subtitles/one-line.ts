/** White space that allows a line break: all but the no-break spaces. Control characters count as spaces. */
const BREAKING_SPACE = /[\p{Cc} \u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000\ufeff]/u;

/** Half of a pair of UTF-16 units: no encoder can write it. */
const LONE_SURROGATE = /\p{Cs}/gu;

/**
 * Text as it may stand on one line of a file: each run of white space and control characters becomes one space,
 * none at the ends, and lone surrogates become U+FFFD. No-break spaces stay.
 */
export function oneLine(text: string): string {
  return text
    .replaceAll(LONE_SURROGATE, '\ufffd')
    .replaceAll(/[\s\p{Cc}]+/gu, (run) => (BREAKING_SPACE.test(run) ? ' ' : run.charAt(0)))
    .trim();
}
