import type { SubtitleLanguage } from './language.ts';

/**
 * The subtitle rules of one language. Widths are in half-width units: a Latin letter is 1, a Han character is 2.
 * Source of the numbers: the Netflix timed text style guides, adult programmes, at 24 frames per second.
 */
export interface Profile {
  readonly language: SubtitleLanguage;
  readonly maxLineWidth: number;
  readonly maxLineCount: 1 | 2;
  readonly maxWordsPerLine: number;
  /** Width units that count as one character in reading speeds: 2 where most characters are wide. */
  readonly unitsPerCharacter: 1 | 2;
  /** Whether characters of East Asian ambiguous width are wide. */
  readonly ambiguousIsWide: boolean;
  /** Width units that a viewer reads per second. */
  readonly readingSpeed: number;
  readonly minCueDurationMs: number;
  readonly maxCueDurationMs: number;
  /** Between two cues, so that a viewer notices the change. */
  readonly minGapMs: number;
  /** How long a cue may stay on screen after its last word. */
  readonly maxExtensionMs: number;
  /** Pauses of this length up to `maxExtensionMs` between two cues are closed; Infinity when none is. */
  readonly minOpenGapMs: number;
  /** Whether full stops and commas at the ends of cues are removed. */
  readonly stripPunctuation: boolean;
  /** Marks that end a clause. */
  readonly clauseMarks: string;
  /** Marks with a shorter pause. */
  readonly commas: string;
  /** Lower-case words that must not be separated from the next word. */
  readonly keepWithNext: ReadonlySet<string>;
  /** Words that are never separated from the word before. */
  readonly keepWithPrevious: ReadonlySet<string>;
  /** Lower-case words before which a break is good. */
  readonly conjunctions: ReadonlySet<string>;
  /** Lower-case words before which a break is better than before other words. */
  readonly prepositions: ReadonlySet<string>;
  /** Words that are better not separated from the word before. */
  readonly weakBefore: ReadonlySet<string>;
  /** Words that are better not separated from the next word. */
  readonly weakAfter: ReadonlySet<string>;
  /** Beginnings of words that are better not separated from the word before. */
  readonly weakStarts: RegExp;
  /** Endings of words after which a clause begins. */
  readonly clauseEndings: RegExp;
  /** What stands before each line when two speakers share a cue. */
  readonly dash: string;
}

const COMMON = {
  maxLineCount: 2,
  maxWordsPerLine: Infinity,
  unitsPerCharacter: 2,
  minOpenGapMs: 125,
  stripPunctuation: false,
  minCueDurationMs: 833,
  maxCueDurationMs: 7000,
  minGapMs: 83,
  maxExtensionMs: 500,
  keepWithNext: new Set<string>(),
  conjunctions: new Set<string>(),
  keepWithPrevious: new Set<string>(),
  prepositions: new Set<string>(),
  weakBefore: new Set<string>(),
  weakAfter: new Set<string>(),
  weakStarts: /(?!)/u,
  clauseEndings: /(?!)/u,
  dash: '-',
} as const;

const PREPOSITIONS = `
  to in on at by for from with into onto upon about as than over under after before during between through without
  within against among around behind below beside beyond across along near toward towards until per via like since`;

export const PROFILES: Readonly<Record<SubtitleLanguage, Profile>> = {
  en: {
    ...COMMON,
    language: 'en',
    maxLineWidth: 42,
    unitsPerCharacter: 1,
    ambiguousIsWide: false,
    readingSpeed: 20,
    clauseMarks: ';:—',
    commas: ',',
    keepWithNext: words(`
      a an the this these those my your his her its our their no not every each another some any such
      i you he she it we they
      of ${PREPOSITIONS}
      and or but nor so if because when while where which who whose whom that what how why although though unless whether
      is are was were be been being am do does did has have had will would can could shall should may might must cannot
      mr. mrs. ms. dr. st. prof. vs. mr mrs ms dr prof`),
    conjunctions: words(`
      and or but nor so because that which who whose when while where if although though until unless since whether as
      what how why`),
    prepositions: words(PREPOSITIONS),
    weakBefore: words('of up out off back down away it me him them us'),
    weakAfter: words(`
      very too quite pretty rather really so most many several going used able want wants wanted need needs needed like got
      have least try trying tried supposed let lets`),
  },
  zh: {
    ...COMMON,
    language: 'zh',
    maxLineWidth: 32,
    ambiguousIsWide: true,
    readingSpeed: 18,
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
  },
  ja: {
    ...COMMON,
    language: 'ja',
    maxLineWidth: 26,
    ambiguousIsWide: true,
    // Twice the 4 characters of the guide: speech is that fast, and no word may be left out.
    readingSpeed: 14,
    minCueDurationMs: 500,
    minGapMs: 0,
    minOpenGapMs: Infinity,
    clauseMarks: '；;',
    commas: '、，,',
    weakStarts: /^(?:いう|いった|こと|もの|ところ|ため|ほど|よう|はず|わけ|つもり|いる|いた|いて|する)/u,
    weakAfter: words('その この あの どの 次の 同じ 約 ご お'),
    clauseEndings: /(?:て|で|ば|たら|なら|けど|けれど|けれども|から|ので|のに|が|し|は|も|と|ため|とき|時)$/u,
  },
  ko: {
    ...COMMON,
    language: 'ko',
    maxLineWidth: 32,
    ambiguousIsWide: true,
    readingSpeed: 24,
    clauseMarks: ';:',
    commas: ',，',
    dash: '- ',
  },
};

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}
