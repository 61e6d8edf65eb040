import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIG_NAME, findConfigFile, readConfigFile } from '../../../lib/cli/config/config-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A home folder with the folders `a/b` below it. */
async function folders(): Promise<{ outside: string; home: string; from: string }> {
  const outside = await temporaryFolder();
  const home = join(outside, 'home');
  const from = join(home, 'a', 'b');
  await mkdir(from, { recursive: true });
  return { outside, home, from };
}

const write = (folder: string, content: string): Promise<void> =>
  writeFile(join(folder, CONFIG_NAME), content);

describe('findConfigFile', () => {
  it('finds the nearest file, in the folder or above it', async () => {
    const { home, from } = await folders();
    expect(findConfigFile({ from, home }).file).toBeUndefined();
    await write(home, '{ "maxCps": 1 }');
    expect(findConfigFile({ from, home }).file).toMatchObject({ content: { maxCps: 1 }, folder: home });
    await write(join(home, 'a'), '{ "maxCps": 2 }');
    expect(findConfigFile({ from, home }).file).toMatchObject({
      content: { maxCps: 2 },
      folder: join(home, 'a'),
      path: join('..', CONFIG_NAME),
    });
    await write(from, '{ "maxCps": 3 }');
    expect(findConfigFile({ from, home }).file).toMatchObject({ content: { maxCps: 3 }, path: CONFIG_NAME });
  });

  it('does not look above the home folder', async () => {
    const { outside, home, from } = await folders();
    await write(outside, '{}');
    expect(findConfigFile({ from, home }).file).toBeUndefined();
    expect(findConfigFile({ from, home: '/elsewhere' }).file?.folder).toBe(outside);
  });

  it('trusts the file of the home folder only', async () => {
    const { home, from } = await folders();
    await write(home, '{}');
    expect(findConfigFile({ from, home }).file?.isTrusted).toBe(true);
    await write(from, '{}');
    expect(findConfigFile({ from, home }).file?.isTrusted).toBe(false);
  });

  it.runIf(process.getuid?.() === 0)('does not use a file of another user', async () => {
    const { home, from } = await folders();
    await write(home, '{ "maxCps": 1 }');
    await write(from, '{ "maxCps": 2 }');
    await chown(join(from, CONFIG_NAME), 12_345, 12_345);
    const { file, foreign } = findConfigFile({ from, home });
    expect(file?.content).toEqual({ maxCps: 1 });
    expect(foreign).toEqual([join(from, CONFIG_NAME)]);
  });
});

describe('readConfigFile', () => {
  it.each([
    ['{ "maxCps": 1, }', /is not valid JSON, line 1: /],
    ['{\n"maxCps": 1\n"profile": "bbc" }', /is not valid JSON, line 3: /],
    ['', /is not valid JSON: Unexpected end of JSON input/],
    ['[]', /does not contain a JSON object/],
    ['null', /does not contain a JSON object/],
  ])('refuses the content %j', async (content, message) => {
    const file = join(await temporaryFolder(), 'talks.json');
    await writeFile(file, content);
    expect(() => readConfigFile(file, true)).toThrow(message);
    expect(() => readConfigFile(file, true)).toThrow(/talks\.json: the configuration file/);
  });

  it('does not repeat the content in the message', async () => {
    const file = join(await temporaryFolder(), 'talks.json');
    await writeFile(file, '{ "apiKey": canary }');
    expect(() => readConfigFile(file, true)).toThrow(/^(?!.*anary)/s);
  });

  it('refuses a folder, a missing file and a very large one', async () => {
    const folder = await temporaryFolder();
    expect(() => readConfigFile(folder, true)).toThrow(/is not a file/);
    expect(() => readConfigFile(join(folder, 'none.json'), true)).toThrow(/cannot be read: ENOENT/);
    await writeFile(join(folder, 'large.json'), ' '.repeat(1_000_001));
    expect(() => readConfigFile(join(folder, 'large.json'), true)).toThrow(/is larger than 1 MB/);
  });

  it('accepts a byte order mark', async () => {
    const file = join(await temporaryFolder(), 'talks.json');
    await writeFile(file, '\uFEFF{ "maxCps": 1 }');
    expect(readConfigFile(file, true).content).toEqual({ maxCps: 1 });
  });
});
