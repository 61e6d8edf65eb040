import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { cli } from './run-cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Commands with commands of their own. */
const GROUPS = ['vocabulary', 'engine', 'queue'];

const files = async (folder: string, extension: string): Promise<string[]> =>
  (await readdir(join(ROOT, folder)))
    .filter((name) => name.endsWith(extension))
    .map((name) => join(folder, name));

const PAGES = [
  'README.md',
  'README.zh-CN.md',
  'CONTRIBUTING.md',
  ...(await files('docs', '.md')),
  ...(await files('docs/zh', '.md')),
  ...(await files('recipes', '.mjs')),
];

/** The command lines of the program in the code spans, code blocks and comments of a file. */
async function commandLines(page: string): Promise<string[]> {
  const content = await readFile(join(ROOT, page), 'utf8');
  const lines = content.matchAll(
    /(?:`|^|\$\(|npm run (?:-s )?|=\S+ )fun-asr (?:-- )?([a-z]+ [^`\n#|)]*|[a-z]+)/gm,
  );
  return [...new Set([...lines].map(([, line = '']) => line.trim()))];
}

const helps = new Map<string, Promise<string>>();

/** The help of a command, such as `vocabulary create`. */
function helpOf(command: string): Promise<string> {
  const help = helps.get(command) ?? cli([...command.split(' '), '--help']).then(({ stdout }) => stdout);
  helps.set(command, help);
  return help;
}

/** What a command line uses that its command does not have. */
async function unknownParts(line: string): Promise<string[]> {
  const [name = '', second = '', ...rest] = line.split(/\s+/);
  const command = GROUPS.includes(name) && /^[a-z]+$/.test(second) ? `${name} ${second}` : name;
  const help = await helpOf(command);
  if (!help.startsWith(`Usage: fun-asr ${command} `)) return [command];
  const flags = [second, ...rest].map((word) => /^--?[a-z][a-z-]*/.exec(word)?.[0] ?? '').filter(Boolean);
  return flags.filter((flag) => !new RegExp(`(^|[ ,])${flag}([ ,<]|$)`, 'm').test(help));
}

describe('the documentation', () => {
  it.each(PAGES)('%s uses only commands and flags that exist', async (page) => {
    const unknown: string[] = [];
    for (const line of await commandLines(page)) {
      for (const part of await unknownParts(line)) unknown.push(`${part} in: fun-asr ${line}`);
    }
    expect(unknown).toEqual([]);
  });
});
