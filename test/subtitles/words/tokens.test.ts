import { beforeAll, expect, it } from 'vitest';
import { type SubtitleLanguage } from '../../../lib/subtitles/profiles/language.ts';
import { PROFILES } from '../../../lib/subtitles/profiles/profile.ts';
import { BORDER } from '../../../lib/subtitles/words/borders.ts';
import { charactersOf } from '../../../lib/subtitles/words/characters.ts';
import { loadPhrases } from '../../../lib/subtitles/words/phrases.ts';
import { type Token, tokensOf } from '../../../lib/subtitles/words/tokens.ts';

beforeAll(() => loadPhrases('ja'));

function tokens(text: string, language: SubtitleLanguage): Token[] {
  return tokensOf(charactersOf(text, PROFILES[language]), PROFILES[language]);
}

function split(text: string, language: SubtitleLanguage): string[] {
  return tokens(text, language).map((token) => token.text);
}

/** Names of the borders between the tokens. */
function borders(text: string, language: SubtitleLanguage): (string | undefined)[] {
  const names = Object.keys(BORDER);
  return tokens(text, language)
    .slice(1)
    .map(({ border }) => names[border]);
}

it.each([
  ['en', 'He said: "well-known" 3.5% $5', ['He', 'said:', '"well-known"', '3.5%', '$5']],
  ['en', 'wait — what ?', ['wait —', 'what ?']],
  ['en', '( see ) 5\u00a0km', ['( see )', '5\u00a0km']],
  ['zh', '我们的讲座，有100元', ['我们的', '讲座，', '有', '100元']],
  ['zh', '他说：「不……」', ['他', '说：', '「不……」']],
  ['ko', '오늘은 날씨가', ['오늘은', '날씨가']],
] as const)('splits the %s text "%s" into %j', (language, text, expected) => {
  expect(split(text, language)).toEqual(expected);
});

it('begins no Japanese token with a small kana or a closing mark', () => {
  const found = split('行った。「カフェ」へ、ちょっと', 'ja');
  expect(found.join('')).toBe('行った。「カフェ」へ、ちょっと');
  for (const token of found) expect(token).not.toMatch(/^[っょェ。」、]/u);
});

it('classifies breaks by marks and words', () => {
  expect(borders('Yes. So, then; but the end', 'en')).toEqual(['sentence', 'comma', 'clause', 'bad', 'bad']);
  expect(borders('tea and Mr. Lee left when called', 'en')).toEqual([
    'conjunction',
    'bad',
    'bad',
    'word',
    'conjunction',
    'bad',
  ]);
  expect(borders('“Yes.” No', 'en')).toEqual(['sentence']);
});

it('cuts a word that is wider than a line, between characters', () => {
  const [first, second, ...rest] = tokens('👩‍👩‍👧'.repeat(30), 'en');
  expect(first?.width).toBe(42);
  expect(second).toMatchObject({ width: 18, border: BORDER.insideWord, hasSpaceBefore: false });
  expect(rest).toEqual([]);
});

it('keeps Japanese phrases, foreign words and verbs with their endings whole', () => {
  const found = split('ディープラーニングが圧勝したことと、やってみないと分からないこと', 'ja');
  expect(found).toContain('ディープラーニングが');
  expect(found.some((token) => token.startsWith('からない') || token.startsWith('らない'))).toBe(false);
});

it('breaks after a Chinese word that ends with a numeral', () => {
  expect(split('标准要统一执行', 'zh')).toEqual(['标准', '要', '统一', '执行']);
  expect(split('气温3到4级', 'zh')).toEqual(['气温', '3到4级']);
});

it('breaks an address that is wider than a line after its marks', () => {
  const address = 'https://docs.example.com/guide/troubleshooting-and-more';
  const found = split(address, 'en');
  expect(found.join('')).toBe(address);
  for (const token of found.slice(0, -1)) expect(token).toMatch(/[/.-]$/);
  expect(split('https://docs.example.com/guide', 'en')).toHaveLength(1);
});

it('breaks an address between its parts rather than inside a name', () => {
  expect(borders('https://docs.example.com/guide/troubleshooting-and-more', 'en')).toEqual([
    'bad',
    'bad',
    'bad',
    'weak',
    'weak',
    'bad',
    'bad',
  ]);
});

it('knows names, numbers and contractions', () => {
  expect(borders("we met Anna Berg at two hundred, and don't ask", 'en')).toEqual([
    'bad',
    'word',
    'bad',
    'phrase',
    'bad',
    'bad',
    'comma',
    'bad',
    'bad',
  ]);
});

it('lets a straight quotation mark open or close', () => {
  expect(split('他说"你好"然后走了', 'zh')).toEqual(['他', '说', '"你好"', '然后', '走了']);
});

it('cuts a Japanese phrase at words, as a border of last choice, and never before an ending', () => {
  const found = tokens('去年『ネイチャー』に考えられている', 'ja');
  const inside = found.filter(({ border }) => border === BORDER.insidePhrase).map(({ text }) => text);
  expect(inside).toEqual(['『ネイチャー』', 'に']);
});

it('cuts a Japanese phrase between two verbs, unless the second one is short', () => {
  expect(split('どのくらい玄関に立っていたのか', 'ja')).toContain('いたのか');
  expect(split('考えられている', 'ja')).toEqual(['考えられている']);
});

it('breaks an address inside a Japanese phrase after its marks', () => {
  expect(split('https://claims.example.jp/newという', 'ja')).toEqual(
    expect.arrayContaining(['https://', 'claims.', 'example.', 'jp/']),
  );
});

it.each([
  ['simplified', '到时候再说吧，你会来吗？我走了。', ['再说吧，', '来吗？', '走了。']],
  ['traditional', '到時候再說吧，你會來嗎？我們著急。', ['再說吧，', '會來嗎？']],
  ['Cantonese', '我哋食咗飯喇，好貴㗎！', ['我哋', '飯喇，', '貴㗎！']],
])('keeps a particle with its word before a mark, in %s Chinese', (_, text, expected) => {
  expect(split(text, 'zh')).toEqual(expect.arrayContaining(expected));
});

it('lets a word that may be a particle begin a clause', () => {
  expect(split('如果下雨，会不来？成！', 'zh')).toEqual(['如果', '下雨，', '会', '不', '来？', '成！']);
});

it('keeps Chinese numbers in traditional characters whole', () => {
  expect(split('有一萬兩千個人', 'zh')).toEqual(['有', '一萬兩千個人']);
});

it('knows the words of traditional Chinese before and after which a break is good or bad', () => {
  const text = '我們喜歡這個城市，雖然很遠';
  const simplified = borders('我们喜欢这个城市，虽然很远', 'zh');
  expect(borders(text, 'zh')).toEqual(simplified);
  expect(simplified).toContain('weak');
});

it('does not end a sentence at the last point of an abbreviation, unless a function word with a capital letter follows', () => {
  expect(borders('at 9 a.m. sharp in the U.S. Army', 'en')).toEqual([
    'bad',
    'bad',
    'word',
    'phrase',
    'bad',
    'bad',
    'bad',
  ]);
  expect(borders('met John F. Kennedy', 'en')).toEqual(['word', 'bad', 'bad']);
  expect(borders('see No. 5 of them', 'en')).toEqual(['word', 'bad', 'weak', 'bad']);
  expect(borders('It is no. Not now', 'en').at(2)).toBe('sentence');
  expect(borders('left the U.S. She stayed', 'en')).toEqual(['word', 'bad', 'sentence', 'bad']);
  expect(borders('tests, e.g. Gen. Lee', 'en')).toEqual(['comma', 'bad', 'bad']);
});

it('treats a space between two words of a script without spaces as a comma', () => {
  expect(borders('今天天气 很好', 'zh')).toEqual(['word', 'comma']);
  expect(borders('ทั้งหมด คิด', 'en').at(-1)).toBe('comma');
  expect(borders('用 React 写', 'zh')).toEqual(['word', 'word']);
});

it('cuts a long word between characters where kinsoku allows it', () => {
  const found = split(`${'a'.repeat(42)}’s ${'b'.repeat(42)}-like`, 'en');
  expect(found).toEqual(['a'.repeat(41), 'a’s', 'b'.repeat(41), 'b-', 'like']);
});

it.each([
  ['en', `${'a'.repeat(41)} ...`],
  ['en', 'https://docs.example.com/guide/of/many/parts/ ...'],
  ['zh', '请看https://docs.example.com/guide/of/many/parts/。'],
] as const)(
  'leaves no mark alone when a word with its mark is wider than a line, in %s: %s',
  (language, text) => {
    const found = split(text, language);
    expect(found.length).toBeGreaterThan(1);
    for (const token of found) expect(token).toMatch(/^[\p{L}\p{N}]/u);
  },
);
