// Widths in half-width units by tables of its own.

const CLUSTERS = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** East Asian Wide and Fullwidth: Hangul, CJK, kana, full-width forms. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
/** The part of East Asian Ambiguous that transcripts have. Wide in Chinese and Japanese. */
const AMBIGUOUS =
  /[§¨°±²³´¶·¹º¼-¿×÷‐–-―‖‘’“”†‡•‥…‰′″※€℃№℡™ΩÅ⅓⅔⅛Ⅰ-Ⅻⅰ-ⅹ←-↙⇒⇔∀∂∇∈∏∑√∝∞∠∥∧-∬∴∵∽≈≒≠≡≤-≧①-⓿─-╋■□▲△▼▽◆◇○◎●★☆♀♂♪Α-Ωα-ωА-я]/u;
const INVISIBLE = /^[\p{M}\p{Cf}\p{Cc}]+$/u;

/** @returns The width of one grapheme cluster. */
export function widthOfCluster(cluster, language) {
  if (INVISIBLE.test(cluster)) return 0;
  if (/\p{Emoji_Presentation}|\ufe0f/u.test(cluster)) return 2;
  const [first] = cluster;
  if (WIDE.test(first)) return 2;
  return language !== 'en' && AMBIGUOUS.test(first) ? 2 : 1;
}

export function clustersOf(text) {
  return Array.from(CLUSTERS.segment(text), ({ segment }) => segment);
}

/** @returns The width of a text. */
export function widthOf(text, language) {
  return clustersOf(text).reduce((sum, cluster) => sum + widthOfCluster(cluster, language), 0);
}
