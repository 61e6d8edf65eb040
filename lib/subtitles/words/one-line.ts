/** White space without the no-break spaces. Control characters count as white space. */
const BREAKING_SPACE = /[\p{Cc} \u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000\ufeff]/u;

/** Letters, marks and Han with single spaces between: nothing to replace. */
const PLAIN =
  /^[!-~\u3001-\u30ff\u4e00-\u9fff\uff01-\uff60]+(?: [!-~\u3001-\u30ff\u4e00-\u9fff\uff01-\uff60]+)*$/;

/** One half of a surrogate pair. It cannot be encoded as UTF-8. */
const LONE_SURROGATE = /\p{Cs}/gu;

/**
 * Makes a text fit on one line of a file: replaces each run of white space and control characters by one space, removes
 * them at both ends, and replaces lone surrogates by U+FFFD. Keeps no-break spaces.
 */
export function oneLine(text: string): string {
  // The common case, for speed.
  if (PLAIN.test(text)) return text;
  return text
    .replaceAll(LONE_SURROGATE, '\ufffd')
    .replaceAll(/[\s\p{Cc}]+/gu, (run) => (BREAKING_SPACE.test(run) ? ' ' : run.charAt(0)))
    .trim();
}
