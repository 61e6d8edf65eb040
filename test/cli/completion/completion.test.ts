import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { OUTPUT_FORMATS } from '../../../lib/subtitles/formats.ts';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

const isInstalled = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

/** A folder with `talk.mp3`, `notes.txt`, the folder `my talks`, and beside it the scripts of the shells. */
const outside = await mkdtemp(join(tmpdir(), 'fun-asr-completion-'));
const folder = join(outside, 'work');
const script = (shell: string): string => join(outside, `completion.${shell}`);

beforeAll(async () => {
  await mkdir(join(folder, 'my talks'), { recursive: true });
  await Promise.all(['talk.mp3', 'notes.txt'].map((name) => writeFile(join(folder, name), '')));
  for (const shell of ['bash', 'zsh', 'fish'])
    await writeFile(script(shell), execFileSync(process.execPath, [MAIN, 'completion', shell]));
  return () => rm(outside, { recursive: true });
});

/** What bash offers for the last of some words. */
function bash(...words: string[]): string[] {
  const program = `source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_fun_asr; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ['--norc', '-c', program, 'bash', script('bash'), 'fun-asr', ...words];
  return execFileSync('bash', args, { encoding: 'utf8', cwd: folder }).split('\n').filter(Boolean);
}

/** What fish offers for a line. */
function fish(line: string): string[] {
  const program = `source $argv[1]; complete -C $argv[2]`;
  const args = ['--no-config', '-c', program, script('fish'), line];
  const output = execFileSync('fish', args, { encoding: 'utf8', cwd: folder });
  return output
    .split('\n')
    .filter(Boolean)
    .map((offer) => offer.split('\t')[0] ?? '');
}

describe('completion in bash', () => {
  it('offers commands, and the commands of a command', () => {
    expect(bash('tr')).toEqual(['transcribe']);
    expect(bash('')).toEqual(expect.arrayContaining(['transcribe', 'live', 'doctor', 'completion']));
    expect(bash('queue', '')).toEqual(['add', 'work', 'status', 'retry', 'clear']);
  });

  it('offers the flags of the command, and no hidden ones', () => {
    expect(bash('transcribe', 'talk.mp3', '--output')).toEqual(['--output-dir', '--output-format']);
    expect(bash('models', '--')).toEqual(['--json', '--help', '--config', '--no-config']);
    expect(bash('queue', 'add', '--ro')).toEqual(['--root']);
    expect(bash('transcribe', '--api')).toEqual([]);
  });

  it('offers the values of a flag, also after = and after a comma', () => {
    expect(bash('transcribe', '--profile', 'netflix-e')).toEqual(['netflix-en']);
    expect(bash('transcribe', '--engine', '=', 'l')).toEqual(['local']);
    expect(bash('transcribe', '--engine', '=')).toEqual(['auto', 'cloud', 'local', 'funasr']);
    expect(bash('transcribe', '-f', 'srt,v')).toEqual(['srt,vtt']);
    expect(bash('transcribe', '-f', '')).toEqual([...Object.keys(OUTPUT_FORMATS), 'all']);
    expect(bash('engine', 'pull', 'sense')).toEqual(['sense-voice']);
    expect(bash('completion', 'z')).toEqual(['zsh']);
  });

  it('offers nothing for a value that is free', () => {
    expect(bash('transcribe', '--max-cps', '')).toEqual([]);
  });

  it('is registered so that bash completes files by itself, with spaces in their names', () => {
    const program = `source "$1"; complete -p fun-asr`;
    const args = ['--norc', '-c', program, 'bash', script('bash')];
    expect(execFileSync('bash', args, { encoding: 'utf8' })).toContain('-o default -F _fun_asr fun-asr');
    expect(bash('transcribe', 'ta')).toEqual([]);
  });

  it('runs nothing that the user has typed', () => {
    bash('transcribe', '$(touch touched)', '`touch touched`', '"$(touch touched');
    expect(execFileSync('ls', { cwd: folder, encoding: 'utf8' })).not.toContain('touched');
  });
});

describe.skipIf(!isInstalled('fish'))('completion in fish', () => {
  it('offers commands, flags, values, files and folders', () => {
    expect(fish('fun-asr tr')).toEqual(['transcribe']);
    expect(fish('fun-asr queue ')).toEqual(['add', 'clear', 'retry', 'status', 'work']);
    expect(fish('fun-asr transcribe --outp')).toEqual(['--output-dir', '--output-format']);
    expect(fish('fun-asr transcribe -f srt,v')).toEqual(['srt,vtt']);
    expect(fish('fun-asr transcribe --profile netflix-e')).toEqual(['netflix-en']);
    expect(fish('fun-asr transcribe ta')).toEqual(['talk.mp3']);
    expect(fish('fun-asr watch ')).toEqual(['my talks/']);
    expect(fish('fun-asr transcribe --max-cps ')).toEqual([]);
  });
});

describe.skipIf(!isInstalled('zsh'))('completion in zsh', () => {
  /** Presses Tab after a line in an interactive zsh, and returns what it shows until it contains a text. */
  function zsh(line: string, text: string): string {
    const program = `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; autoload -Uz compinit; compinit -u -D; source $1; echo 'is re''ady'"
zpty -r z shown '*is ready*'
zpty -n -w z "$2"$'\\t\\t'
zpty -r z shown "*$3*"
print -r -- "$shown"; zpty -d z`;
    return execFileSync('zsh', ['-f', '-c', program, 'zsh', script('zsh'), line, text], {
      encoding: 'utf8',
      cwd: folder,
      env: { ...process.env, TERM: 'dumb' },
    });
  }

  it('offers commands, flags, values and files', () => {
    expect(zsh('fun-asr trans', 'transcribe')).toContain('transcribe');
    expect(zsh('fun-asr transcribe --outp', '--output-format')).toContain('--output-dir');
    expect(zsh('fun-asr queue a', 'queue add')).toContain('add');
    expect(zsh('fun-asr transcribe --profile=netflix-e', 'netflix-en')).toContain('netflix-en');
    expect(zsh('fun-asr transcribe -f srt,v', 'srt,vtt')).toContain('srt,vtt');
    expect(zsh('fun-asr transcribe ta', 'talk.mp3')).toContain('talk.mp3');
  });
});
