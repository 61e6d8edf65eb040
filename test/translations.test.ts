import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { codeBlocksOf, headingsOf, linkTargetsOf, tablesOf } from './support/markdown.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The names of the pages in a folder, sorted. */
const pagesOf = async (folder: string): Promise<string[]> =>
  (await readdir(join(ROOT, folder))).filter((name) => name.endsWith('.md')).sort();

const CHINESE_PAGES = await pagesOf('docs/zh');

/** The English page of each Chinese one. */
const ENGLISH: ReadonlyMap<string, string> = new Map([
  ['README.zh-CN.md', 'README.md'],
  ['recipes/README.zh-CN.md', 'recipes/README.md'],
  ...CHINESE_PAGES.map((name): [string, string] => [`docs/zh/${name}`, `docs/${name}`]),
]);

/** The Chinese and the English start of the addresses of official pages. */
const CHINESE_HOST = 'https://help.aliyun.com/zh/model-studio/';
const ENGLISH_HOST = 'https://www.alibabacloud.com/help/en/model-studio/';

/** Chinese readers start with these commands, which the English page does not have as one block. */
const CHINESE_START = [
  'npm ci && npm run fun-asr -- engine pull sense-voice',
  'npm run fun-asr -- transcribe talk.mp4 --language zh',
].join('\n');

const read = (page: string): Promise<string> => readFile(join(ROOT, page), 'utf8');

/** A page without the line that links to its other language. */
const withoutSwitch = (markdown: string): string =>
  markdown.replace(/^\[(English|简体中文)\]\([^)]*\)\n/m, '');

/** The path in the project that a link of a page leads to; an address on the web is returned as it is. */
function fileOf(page: string, target: string): string {
  if (/^[a-z]+:/.test(target)) return target;
  const [path = ''] = target.split('#');
  return path === '' ? page : join(dirname(page), path);
}

/** The English pages and other targets of the links of a page, sorted. Anchors are checked with those of all pages. */
function targetsOf(page: string, markdown: string): string[] {
  return linkTargetsOf(withoutSwitch(markdown))
    .map((target) => fileOf(page, target))
    .map((file) => ENGLISH.get(file) ?? file.replace(CHINESE_HOST, ENGLISH_HOST))
    .sort();
}

describe('the Chinese README', async () => {
  const page = await read('README.zh-CN.md');

  it('starts with the two commands that write Chinese subtitles on this machine', () => {
    const firstScreen = page.split('\n').slice(0, 12).join('\n');
    expect(codeBlocksOf(firstScreen)).toEqual([`sh\n${CHINESE_START}`]);
  });

  it('links to every page of docs/zh/', () => {
    const pages = [...ENGLISH.keys()].filter((path) => path.startsWith('docs/zh/'));
    expect(linkTargetsOf(page)).toEqual(expect.arrayContaining(pages));
  });
});

describe('docs/zh/', () => {
  it('has every page of docs/, and no other', async () => {
    expect(CHINESE_PAGES).toEqual(await pagesOf('docs'));
  });
});

describe.each([...ENGLISH])('the translation %s', async (page, original) => {
  const [translated, english] = await Promise.all([read(page), read(original)]);

  it('is linked from the English page below its title, and links back', () => {
    const toChinese = `[简体中文](${relative(dirname(original), page)})`;
    const toEnglish = `[English](${relative(dirname(page), original)})`;
    expect([english.split('\n')[2], translated.split('\n')[2]]).toEqual([toChinese, toEnglish]);
  });

  it('has the code blocks of the English page in its order', () => {
    const blocks = codeBlocksOf(translated).filter((block) => block !== `sh\n${CHINESE_START}`);
    expect(blocks).toEqual(codeBlocksOf(english));
  });

  it('has the headings of the English page in its order: their levels, and the same error codes', () => {
    expect(headingsOf(translated)).toEqual(headingsOf(english));
  });

  it('has the tables of the English page, with the same code and the same numbers', () => {
    expect(tablesOf(translated)).toEqual(tablesOf(english));
  });

  it('links to translations, not to English pages that have one', () => {
    const files = linkTargetsOf(withoutSwitch(translated)).map((target) => fileOf(page, target));
    expect(files.filter((file) => [...ENGLISH.values()].includes(file))).toEqual([]);
  });

  it('links to what the English page links to', () => {
    // The paragraph on model hosts in the Chinese README has one link more.
    const additional = page === 'README.zh-CN.md' ? ['docs/local-engine.md'] : [];
    expect(targetsOf(page, translated)).toEqual([...targetsOf(original, english), ...additional].sort());
  });
});
