const WITHOUT_SPACES = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}々ー〇]`;
/** Half-width marks and the full-width ones that Chinese and Japanese use. */
const FULL_WIDTH: Readonly<Record<string, string>> = {
  ',': '，',
  '.': '。',
  '?': '？',
  '!': '！',
  ':': '：',
  ';': '；',
};
const HALF_WIDTH_MARK = new RegExp(
  String.raw`(?<=${WITHOUT_SPACES}\s*)\s*([,.?!:;])(?![\p{Script=Latin}\p{N}])\s*`,
  'gu',
);
const SPACE_BETWEEN = new RegExp(String.raw`(?<=${WITHOUT_SPACES})\s+(?=${WITHOUT_SPACES})`, 'gu');
const LATIN = String.raw`[\p{Script=Latin}]`;
const BEFORE_LATIN = new RegExp(String.raw`(?<=${WITHOUT_SPACES})\s*(?=${LATIN})`, 'gu');
const AFTER_LATIN = new RegExp(String.raw`(?<=${LATIN})\s*(?=${WITHOUT_SPACES})`, 'gu');

/**
 * Makes the text of a model uniform. Between Chinese or Japanese characters there are no spaces, and marks after them have
 * full width. A space separates Latin letters from Chinese characters; in Japanese nothing does.
 * @param language ISO 639 code of the speech, when it is known.
 */
export function writtenText(text: string, language: string | undefined): string {
  const between = language === 'ja' ? '' : ' ';
  return text
    .trim()
    .replaceAll(SPACE_BETWEEN, '')
    .replaceAll(HALF_WIDTH_MARK, (_, mark: string) => markIn(language, mark))
    .replaceAll(BEFORE_LATIN, between)
    .replaceAll(AFTER_LATIN, between);
}

function markIn(language: string | undefined, mark: string): string {
  if (language === 'ja' && mark === ',') return '、';
  return FULL_WIDTH[mark] ?? mark;
}
