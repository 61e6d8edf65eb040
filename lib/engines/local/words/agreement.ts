/** With fewer words, all of them must agree. */
const FEW_WORDS = 4;
/**
 * Share of pairs that must agree. Measured on two models of English, on segments of 2 s and more: at least 0.33 on all
 * English recordings, at most 0.29 on Chinese, Japanese, German, Spanish, Italian and French ones. Single words are
 * not compared, because any two English sentences have some in common.
 */
const MIN_SHARE = 0.3;

/** Decides whether two transcripts of the same audio have the same words, apart from single errors. */
export function isAgreement(one: string, other: string): boolean {
  const [shorter, longer] = [wordsOf(one), wordsOf(other)].sort((a, b) => a.length - b.length);
  if (!shorter || !longer || shorter.length === 0) return false;
  if (shorter.length < FEW_WORDS) return shorter.join(' ') === longer.join(' ');
  const pairs = pairsOf(shorter);
  const others = pairsOf(longer);
  const common = [...pairs].filter((pair) => others.has(pair)).length;
  return common >= pairs.size * MIN_SHARE;
}

/** Counts the words of a text. */
export function wordCountOf(text: string): number {
  return wordsOf(text).length;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
}

/** The pairs of neighbouring words. */
function pairsOf(words: readonly string[]): Set<string> {
  return new Set(words.slice(1).map((word, index) => `${words[index]} ${word}`));
}
