import { type LanguageWords, NO_WORDS, words } from './language-words.ts';

/** Japanese. BudouX finds its phrases; these words rank the borders between them. */
export const JAPANESE: LanguageWords = {
  ...NO_WORDS,
  clauseMarks: '；;',
  commas: '、，,',
  weakStarts: words('いう いった こと もの ところ ため ほど よう はず わけ つもり いる いた いて する'),
  weakAfter: words('その この あの どの 次の 同じ 約 ご お'),
  clauseEndings: words('て で ば たら なら けど けれど けれども から ので のに が し は も と ため とき 時'),
  rangeMarks: words('到 至 から ~ ～'),
  measuredNumerals: '一二三四五六七八九十',
  measureWords: '個人回件台年月日時分秒歳度倍円本枚冊匹階名',
  joints: 'てでばとにをはがもら',
  endings: words('ん た て だ で か も は が を に と の れ しょ'),
};
