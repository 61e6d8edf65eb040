import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { cli, FIXTURES, jsonLines } from './run-cli.ts';

const PAGE = await readFile(new URL('../../docs/command-line.md', import.meta.url), 'utf8');

describe('docs/command-line.md', () => {
  it('has a row for every command of the help', async () => {
    const { stdout } = await cli(['--help']);
    const [, commands = ''] = /^Commands:\n(.*?)\n\n/ms.exec(stdout) ?? [];
    const names = [...commands.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name).filter((n) => n !== 'help');
    const documented = [...PAGE.matchAll(/^\| `fun-asr (\w+)/gm)].map(([, name]) => name);
    expect(documented).toEqual(names);
  });

  it('names only flags that a command has', async () => {
    const commands = [
      'transcribe',
      'watch',
      'live',
      'serve',
      'subtitles',
      'lint',
      'convert',
      'mcp',
      'token',
      'doctor',
      'engine add',
    ];
    const help = await Promise.all(commands.map((name) => cli([...name.split(' '), '--help'])));
    const flags = new Set(help.flatMap(({ stdout }) => stdout.match(/--[a-z][a-z-]*/g) ?? []));
    const named = PAGE.match(/--[a-z][a-z-]+/g) ?? [];
    expect(named.filter((flag) => !flags.has(flag))).toEqual([]);
  });

  it('shows the JSON that transcribe prints', async () => {
    const folder = await temporaryFolder();
    await copyFile(join(FIXTURES, 'himself.ogg'), join(folder, 'talk.mp3'));
    const { stdout } = await cli(['transcribe', 'talk.mp3', '--json', '-q'], { cwd: folder });
    const [, sample = ''] = /^```json\n(.*?)^```/ms.exec(PAGE) ?? [];
    expect(jsonLines(stdout)).toEqual(jsonLines(sample));
  });
});
