import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { readStages } from '../../bench/install/dockerfile.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCKERFILE = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
const IGNORED = await readFile(join(ROOT, '.dockerignore'), 'utf8');

describe('the Dockerfile', () => {
  it('has no errors', () => {
    expect(validate(DOCKERFILE)).toEqual([]);
  });

  it('runs the program as a user who is not root', () => {
    expect(readStages(DOCKERFILE).at(-1)).toMatchObject({ user: 'node', entryPoint: ['fun-asr'] });
  });

  it('uses a version of Node.js that the package supports', async () => {
    const { engines } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      engines: { node: string };
    };
    const [, least = ''] = /(\d+)/.exec(engines.node) ?? [];
    for (const { image } of readStages(DOCKERFILE))
      expect(Number(/^node:(\d+)/.exec(image ?? '')?.[1])).toBeGreaterThanOrEqual(Number(least));
  });

  it('gets only files that exist and that the package is made of', async () => {
    const included = [...IGNORED.matchAll(/^!(.*)$/gm)].map(([, name = '']) => name);
    const names = await readdir(ROOT);
    expect(included.filter((name) => !names.includes(name))).toEqual([]);
    const { files } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
    const packed = files.filter((name) => !name.startsWith('!') && name !== 'dist');
    expect(included).toEqual(expect.arrayContaining([...packed, 'lib', 'package-lock.json']));
  });
});
