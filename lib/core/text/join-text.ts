const WITHOUT_SPACES = String.raw`[\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\u3000-\u303f\uff01-\uff9f]`;
/** Marks of both scripts with and scripts without spaces: the character beside them decides. */
const SHARED_MARKS = String.raw`[\u2014\u2018-\u201d\u2026]*`;
const ENDS_WITHOUT_SPACE = new RegExp(`${WITHOUT_SPACES}${SHARED_MARKS}$`, 'u');
const BEGINS_WITHOUT_SPACE = new RegExp(`^${SHARED_MARKS}${WITHOUT_SPACES}`, 'u');

/** What stands between two texts that become one: nothing between two Han or kana characters, else a space. */
export function spaceBetween(left: string, right: string): '' | ' ' {
  // The last characters decide. The rest of a long text would only cost time.
  const isWithoutSpace =
    ENDS_WITHOUT_SPACE.test(left.slice(-32)) && BEGINS_WITHOUT_SPACE.test(right.slice(0, 32));
  return left === '' || right === '' || isWithoutSpace ? '' : ' ';
}

/** Joins texts to one text. */
export function joinTexts(texts: readonly string[]): string {
  return texts.map((text, index) => spaceBetween(texts[index - 1] ?? '', text) + text).join('');
}
