import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startService } from '../lib/service/service.ts';
import { CallRecording } from './support/call-recording.ts';
import { countingEngine } from './support/counting-engine.ts';
import { runSnippetIn, snippetFolder, snippetsOf } from './support/snippets.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MAIN = join(ROOT, 'dist/cli/main.js');

// A page is several runs of the program, one after the other.
vi.setConfig({ testTimeout: 300_000 });

interface Ran {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs the shell blocks of a page one after the other in a folder, with the built program as `fun-asr`. */
async function runPage(page: string, folder: string): Promise<Ran[]> {
  const markdown = await readFile(join(ROOT, 'docs', page), 'utf8');
  const bin = await temporaryFolder();
  await writeFile(join(bin, 'fun-asr'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  await chmod(join(bin, 'fun-asr'), 0o755);
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}` };
  const results: Ran[] = [];
  for (const [, block = ''] of markdown.matchAll(/^```sh\n(.*?)^```/gms)) {
    const child = spawn('sh', ['-e', '-c', block], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [[exitCode], stdout, stderr] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      text(child.stdout),
      text(child.stderr),
    ]);
    results.push({ exitCode, output: stdout + stderr });
  }
  return results;
}

const fixture = (name: string, path: string): Promise<void> => copyFile(join(ROOT, 'fixtures', name), path);

describe('the page on a folder overnight', () => {
  it('shows commands that transcribe a folder, and skip what is finished', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'talks'));
    await fixture('himself.ogg', join(folder, 'talks', 'one.ogg'));
    const results = await runPage('folder-overnight.md', folder);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    const [plan, , last, again] = results.map(({ output }) => output);
    expect(plan).toContain('1 recording to process');
    expect(last).toMatch(/^\{"type":"summary","done":1,.*"exitCode":0\}\n$/);
    expect(again).toContain('1 skipped');
    expect(await readdir(join(folder, 'subtitles'))).toEqual(
      expect.arrayContaining(['one.srt', 'one.jsonl', 'fun-asr-report.html']),
    );
  });
});

describe('the page on call recordings', () => {
  it('shows commands that write a dialogue, and the dialogue', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'calls'));
    await CallRecording.create(join(folder, 'call.wav'));
    await copyFile(join(folder, 'call.wav'), join(folder, 'calls', 'call.wav'));
    const [probed, split, all] = await runPage('call-recordings.md', folder);
    expect([probed?.exitCode, split?.exitCode, all?.exitCode]).toEqual([0, 0, 0]);
    const page = await readFile(join(ROOT, 'docs/call-recordings.md'), 'utf8');
    const [, dialogue = ''] = /\n\n((?: {4}.*\n)+)/.exec(page) ?? [];
    expect(await readFile(join(folder, 'call.txt'), 'utf8')).toBe(dialogue.replaceAll(/^ {4}/gm, ''));
    expect(await readdir(join(folder, 'transcripts'))).toContain('fun-asr-report.html');
  });

  it('shows how to measure how long each side speaks', async () => {
    const folder = await snippetFolder();
    await CallRecording.create(join(folder, 'call.wav'));
    const snippets = await snippetsOf('call-recordings.md');
    expect(snippets).toHaveLength(1);
    expect(await runSnippetIn(folder, snippets[0] ?? '')).toMatch(
      /^Agent spoke for \d s\nCustomer spoke for \d s\n$/,
    );
  });
});

describe('the page on subtitles for publication', () => {
  it('shows commands from the recording to corrected and checked subtitles in other forms', async () => {
    const folder = await snippetFolder();
    const results = await runPage('subtitles-for-publication.md', folder);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(await readFile(join(folder, 'talk.srt'), 'utf8')).toContain('ill-natured');
    const outputs = ['karaoke/talk.ass', 'upright/talk.srt', 'text/talk.txt', 'old-players/talk.en.srt'];
    for (const output of outputs) expect(await readFile(join(folder, output), 'utf8')).toMatch(/natured/);
  });
});

describe('the page on live captions', () => {
  it('shows how to show captions and keep subtitles', async () => {
    const service = await startService({ engine: countingEngine(), port: 0 });
    onTestFinished(() => service.close());
    const snippets = await snippetsOf('live-captions.md');
    expect(snippets).toHaveLength(1);
    const source = "capture({ driver: 'lavfi', device: 'sine=duration=2' })";
    const folder = await snippetFolder();
    const output = await runSnippetIn(folder, (snippets[0] ?? '').replace('capture()', source), {
      DASHSCOPE_WEBSOCKET_BASE_URL: service.url,
    });
    expect(output.trimEnd().endsWith('Second 1. Second 2.')).toBe(true);
    expect(await readFile(join(folder, 'live.srt'), 'utf8')).toContain('Second 2.');
  });
});

describe('the pictures of the terminal', () => {
  it.each(['transcribe', 'lint'])(
    '%s can be read on light and dark pages, and by screen readers',
    async (name) => {
      const picture = await readFile(join(ROOT, `docs/pictures/${name}.svg`), 'utf8');
      expect(picture).toContain('@media (prefers-color-scheme: dark)');
      expect(picture).toMatch(/<svg [^>]*role="img" aria-label="fun-asr [^"]+"/);
      expect(picture).toContain(`$ fun-asr ${name}`);
    },
  );
});

describe('the index of examples', () => {
  it('has every program', async () => {
    const index = await readFile(join(ROOT, 'recipes/README.md'), 'utf8');
    const linked = [...index.matchAll(/\((\S+\.mjs)\)/g)].map(([, name]) => name);
    const programs = (await readdir(join(ROOT, 'recipes'))).filter((name) => name.endsWith('.mjs'));
    expect(new Set(linked)).toEqual(new Set(programs));
  });
});
