import { type LanguageWords, NO_WORDS, words } from './language-words.ts';

/** The simplified characters of the lists below that have a traditional form, and these forms in the same order. */
const SIMPLIFIED =
  '吗们着过会里内后时员县区为虽尽并还于实无论总当来从给与没这个种说张条点辆场项间届岁块两几统专单划对应该万台类级费额馆业';
const TRADITIONAL =
  '嗎們著過會裡內後時員縣區為雖儘並還於實無論總當來從給與沒這個種說張條點輛場項間屆歲塊兩幾統專單劃對應該萬臺類級費額館業';

/** Adds the traditional form of each text. */
function inBothScripts(texts: Iterable<string>): string[] {
  return [...texts].flatMap((text) => [text, text.replaceAll(/./gu, traditionalForm)]);
}

function traditionalForm(character: string): string {
  const at = SIMPLIFIED.indexOf(character);
  return at < 0 ? character : TRADITIONAL.charAt(at);
}

function bothScripts(list: string): ReadonlySet<string> {
  return new Set(inBothScripts(words(list)));
}

/** Chinese, in simplified and traditional characters. The last line of the particles is Cantonese. */
export const CHINESE: LanguageWords = {
  ...NO_WORDS,
  clauseMarks: '；;',
  // Without 、 and ：, which are used within lists, times and ratios.
  commas: '，,',
  keepWithPrevious: bothScripts(`
    的 地 得 了 吗 呢 吧 啊 呀 嘛 们 着 过 之 会 集 到 往 成 完 者 性 化 里 上 下 中 内 外 后 前 时 员 部 局 市 省 县 区
    版 型 式 类 级 率 度 费 额 社 院 馆 界 业
    裏 嘅 咗 啦 喇 喎 㗎 嘞 囉 咩 啫 吖 哋 啩 噃`),
  conjunctions: bothScripts(`
    但是 但 可是 不过 然而 因为 所以 因此 如果 要是 虽然 尽管 而且 并且 而 并 或者 还是 以及 然后 于是 接着 同时 另外 此外 其实
    而是 而不是 比如 例如 无论 不管 只要 只有 除非 即使 由于 为了 总之 当`),
  weakBefore: bothScripts('来说 之后 之前 以上 以下 左右'),
  weakAfter: bothScripts(`
    在 把 被 对 从 向 往 给 跟 和 与 及 或 比 为 以 于 是 不 没 没有 很 太 更 最 也 都 就 才 又 再 还 会 能 要 想 可以 应该
    这 那 这个 那个 下个 上个 整个 这种 那种 每 各 第 每个 一个 我 你 他 她 它 我们 你们 他们`),
  measuredNumerals: '一两兩几幾三四五六七八九十',
  measureWords: inBothScripts('个位次年条张本件种只天点名家台辆部场项句段首篇座间所届人岁元块分秒周月').join(
    '',
  ),
  notNumbers: bothScripts('统一 唯一 万一 同一 单一 专一 合一 之一 周一 期一 逐一 划一'),
};
