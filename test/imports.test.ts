import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** All imports between files of lib/, as paths such as `core/errors.ts`. */
async function importsOfLib(): Promise<{ from: string; to: string }[]> {
  const names = await readdir(join(ROOT, 'lib'), { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts'));
  const imports = await Promise.all(
    files.map(async (from) => {
      const source = await readFile(join(ROOT, 'lib', from), 'utf8');
      const targets = source.matchAll(/(?:from |import\()'(\.[^']+)'/g);
      return [...targets].map(([, target = '']) => ({ from, to: normalize(join(dirname(from), target)) }));
    }),
  );
  return imports.flat();
}

const IMPORTS = await importsOfLib();

/** The folders that each folder imports, at one level below `folder`. */
function graphOf(folder: string): Map<string, Set<string>> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const child = (path: string) => path.slice(prefix.length).split('/');
  const graph = new Map<string, Set<string>>();
  for (const { from, to } of IMPORTS) {
    if (!from.startsWith(prefix) || !to.startsWith(prefix)) continue;
    const [source = '', ...below] = child(from);
    const [target = '', ...targetBelow] = child(to);
    if (source === target || below.length === 0 || targetBelow.length === 0) continue;
    graph.set(source, (graph.get(source) ?? new Set()).add(target));
  }
  return graph;
}

/** A cycle in a graph, or undefined. */
function cycleIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const visit = (node: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...path, node]);
      if (cycle) return cycle;
    }
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle) return cycle;
  }
  return undefined;
}

describe('the folders of lib/', () => {
  const graph = graphOf('');
  const importedBy = (folder: string) => [...(graph.get(folder) ?? [])];

  it('import each other without a cycle', () => {
    expect(graph.size).toBeGreaterThan(8);
    expect(cycleIn(graph)).toBeUndefined();
  });

  it.each([
    'core',
    'media',
    'audio',
    'protocol',
    'recognition',
    'subtitles',
    'engines',
    'service',
    'batch',
    'testing',
    'adapters',
    'cli',
  ])('have no cycle between the sub-folders of %s', (folder) => {
    expect(cycleIn(graphOf(folder))).toBeUndefined();
  });

  it('core imports no other folder, and media only core', () => {
    expect(importedBy('core')).toEqual([]);
    expect(importedBy('media')).toEqual(['core']);
  });

  it('audio, recognition and subtitles do not import each other', () => {
    const stages = ['audio', 'recognition', 'subtitles'];
    for (const stage of stages) {
      expect(importedBy(stage).filter((folder) => stages.includes(folder))).toEqual([]);
    }
  });

  it('no file imports index.ts of the package, and no folder imports cli', () => {
    expect(IMPORTS.filter(({ to }) => to === 'index.ts')).toEqual([]);
    expect(IMPORTS.filter(({ from, to }) => to.startsWith('cli/') && !from.startsWith('cli/'))).toEqual([]);
  });
});
