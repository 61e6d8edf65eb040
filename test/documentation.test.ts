import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const read = (page: string): Promise<string> => readFile(join(ROOT, page), 'utf8');

/** The pages of a folder, without those of its sub-folders. */
const pagesOf = async (folder: string): Promise<string[]> =>
  (await readdir(join(ROOT, folder)))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);

const DOCS = await pagesOf('docs');
const CHINESE = ['README.zh-CN.md', ...(await pagesOf('docs/zh'))];
const RECIPES = await pagesOf('recipes');
const PAGES = ['README.md', 'CONTRIBUTING.md', ...DOCS, ...CHINESE, ...RECIPES];

/** Targets of the relative links of a page. */
async function linksOf(page: string): Promise<string[]> {
  const links = (await read(page)).matchAll(/\]\(([^)\s]+)\)/g);
  return [...links].map(([, target]) => target ?? '').filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors of a page, as GitHub generates them from the headings. */
async function anchorsOf(page: string): Promise<string[]> {
  const headings = (await read(page)).replaceAll(/^```.*?^```/gms, '').matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Paths of the project that a page names in code spans. */
async function pathsIn(page: string): Promise<string[]> {
  const spans = (await read(page)).matchAll(/`((?:lib|test|docs|recipes|bench|fixtures)\/[\w./-]*)`/g);
  return [...spans].map(([, path]) => path ?? '');
}

describe('the documentation', () => {
  it.each(PAGES)('%s links only to files and headings that exist', async (page) => {
    const broken: string[] = [];
    for (const link of await linksOf(page)) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      const exists = existsSync(join(ROOT, target));
      if (!exists || (anchor && !(await anchorsOf(target)).includes(anchor))) broken.push(link);
    }
    expect(broken).toEqual([]);
  });

  it.each(PAGES)('%s names only paths that exist', async (page) => {
    expect((await pathsIn(page)).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it.each(['README.md', 'docs/README.md'])('%s links to every page', async (index) => {
    const linked = (await linksOf(index)).map((link) => join(dirname(index), link));
    const pages = DOCS.filter((page) => page !== 'docs/README.md');
    expect(pages.filter((page) => !linked.includes(page))).toEqual([]);
  });

  it('CONTRIBUTING.md describes every folder of lib/', async () => {
    const described = (await read('CONTRIBUTING.md')).matchAll(/^\| `(lib\/[\w/-]+)\/` \|/gm);
    const entries = await readdir(join(ROOT, 'lib'), { recursive: true, withFileTypes: true });
    const folders = entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
    expect([...described].map(([, folder = '']) => folder).sort()).toEqual(folders.sort());
  });

  it('CONTRIBUTING.md lists every benchmark', async () => {
    const listed = [...(await read('CONTRIBUTING.md')).matchAll(/^node (bench\/[\w-]+\.mjs)/gm)];
    const parts = ['bench/bare-engine.mjs'];
    const programs = (await readdir(join(ROOT, 'bench')))
      .filter((name) => name.endsWith('.mjs'))
      .map((name) => `bench/${name}`);
    expect([...listed.map(([, program = '']) => program), ...parts].sort()).toEqual(programs.sort());
  });
});
