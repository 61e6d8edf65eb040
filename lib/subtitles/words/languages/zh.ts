import { type LanguageWords, NO_WORDS, words } from './language-words.ts';

/** Chinese. */
export const CHINESE: LanguageWords = {
  ...NO_WORDS,
  clauseMarks: '；;',
  // Without 、 and ：, which are used within lists, times and ratios.
  commas: '，,',
  keepWithPrevious: words(`
    的 地 得 了 吗 呢 吧 啊 呀 嘛 们 着 过 之 会 集 到 往 成 完 者 性 化 里 上 下 中 内 外 后 前 时 员 部 局 市 省 县 区`),
  conjunctions: words(`
    但是 但 可是 不过 然而 因为 所以 因此 如果 要是 虽然 尽管 而且 并且 而 并 或者 还是 以及 然后 于是 接着 同时 另外 此外 其实
    而是 而不是 比如 例如 无论 不管 只要 只有 除非 即使 由于 为了 总之 当`),
  weakBefore: words('来说 之后 之前 以上 以下 左右'),
  weakAfter: words(`
    在 把 被 对 从 向 往 给 跟 和 与 及 或 比 为 以 于 是 不 没 没有 很 太 更 最 也 都 就 才 又 再 还 会 能 要 想 可以 应该
    这 那 这个 那个 下个 上个 整个 这种 那种 每 各 第 每个 一个 我 你 他 她 它 我们 你们 他们`),
  measuredNumerals: '一两几三四五六七八九十',
  measureWords: '个位次年条张本件种只天点名家台辆部场项句段首篇座间所届人岁元块分秒周月',
  notNumbers: words('统一 唯一 万一 同一 单一 专一 合一 之一 周一 期一 逐一 划一'),
};
