import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startService } from '../lib/service/service.ts';
import { formatFaults } from '../lib/testing/faults/fault-spec.ts';
import { FAULTS } from '../lib/testing/faults/fault-kinds.ts';
import { randomFaults } from '../lib/testing/faults/random-faults.ts';
import { randomScript } from '../lib/testing/audio/random-script.ts';
import { CUE_RULES, type LayoutOptions, profileFor } from '../lib/subtitles/cues/cue-options.ts';
import { OUTPUT_FORMATS } from '../lib/subtitles/formats.ts';
import { JSON_SHAPES } from '../lib/subtitles/json.ts';
import { SUBTITLE_LANGUAGES } from '../lib/subtitles/profiles/language.ts';
import { PLATFORMS, PROFILE_NAMES } from '../lib/subtitles/profiles/platforms.ts';
import { STAGE_RULES } from '../lib/core/stage.ts';
import { startTestService } from '../lib/testing/test-service.ts';
import { countingEngine } from './support/counting-engine.ts';
import { runSnippet, runSnippetIn, snippetFolder, snippetsOf } from './support/snippets.ts';

describe('the page on the local engine', () => {
  it('shows a pipeline that needs no account', async () => {
    const [snippet = ''] = await snippetsOf('local-engine.md');
    const folder = await snippetFolder();
    expect(await runSnippetIn(folder, snippet)).toBe('');
    expect(await readFile(join(folder, 'talk.srt'), 'utf8')).toMatch(/young man/);
  });
});

describe('the page on hot words', async () => {
  const snippets = await snippetsOf('hot-words.md');

  /** Runs a snippet with a service in the place of the cloud. */
  async function run(snippet = ''): Promise<string> {
    const service = await startService({ engine: countingEngine(), port: 0 });
    onTestFinished(() => service.close());
    return await runSnippet(snippet, {
      DASHSCOPE_HTTP_BASE_URL: `http://127.0.0.1:${service.port}/api/v1`,
      DASHSCOPE_WEBSOCKET_BASE_URL: service.url,
    });
  }

  it('has two snippets', () => {
    expect(snippets).toHaveLength(2);
  });

  it('shows how to make a list and recognise with it', async () => {
    expect(await run(snippets[0])).toMatch(/^Second 1\.\nSecond 2\.\n/);
  });

  it('shows how to recognise with temporary keys', async () => {
    // The snippet sends no audio; this does.
    const sending = `for await (const { text } of recognizer) console.log(text);`;
    const snippet = `${snippets[1] ?? ''}\nrecognizer.end(Buffer.alloc(16_000));\n${sending}`;
    expect(await run(snippet)).toBe('Second\nSecond 1.\n');
  });
});

describe('the page on testing', async () => {
  const snippets = await snippetsOf('testing.md');

  it('has four snippets', () => {
    expect(snippets).toHaveLength(4);
  });

  it('shows how to simulate a bad network', async () => {
    expect(await runSnippet(snippets[3])).toBe('[]\n');
  });

  it('shows how to run a trial', async () => {
    expect(await runSnippet(snippets[1])).toMatch(/^true \d 0\n$/);
  });

  it('shows how to check that a client loses nothing', async () => {
    expect(await runSnippet(snippets[0])).toBe('true 0 3\n');
  });

  it('shows how to reduce a failing schedule', async () => {
    const faults = randomFaults(4, { durationMs: 60_000 });
    const remaining = faults.filter(({ kind }) => kind === 'close').slice(-1);
    expect(await runSnippet(snippets[2])).toBe(
      `${formatFaults(faults)}\nfails with: ${formatFaults(remaining)}\n`,
    );
  });

  it('lists exactly the existing kinds of faults', async () => {
    const page = await readFile(new URL('../docs/testing.md', import.meta.url), 'utf8');
    const kinds = [...page.matchAll(/^\| `([a-z-]+)/gm)].map(([, kind]) => kind);
    expect(kinds).toEqual(Object.keys(FAULTS));
  });
});

describe('the page on reliability', async () => {
  const snippets = await snippetsOf('reliability.md');

  /** Runs a snippet and then sends two seconds of audio to a service that drops the connection once. */
  async function run(snippet = ''): Promise<string> {
    const service = await startTestService({ script: randomScript(1), faults: 'drop@1s' });
    onTestFinished(() => service.close());
    const recognising = `recognizer.end(Buffer.alloc(64_000, 1)).resume();`;
    return await runSnippet(`${snippet}\n${recognising}`, { DASHSCOPE_WEBSOCKET_BASE_URL: service.url });
  }

  it('has two snippets', () => {
    expect(snippets).toHaveLength(2);
  });

  it('shows the events of a recognition', async () => {
    expect(await run(snippets[0])).toMatch(/^E_CONNECTION_LOST 1\n\{ tasks: 2, sentMs: \d+, resentMs: \d+, /);
  });

  it('shows how to trace', async () => {
    const recognising = `const { recognize } = await import('fun-asr-streams');
const recognizer = recognize({ baseUrl: process.env.DASHSCOPE_WEBSOCKET_BASE_URL });`;
    const states = (await run(`${snippets[1] ?? ''}\n${recognising}`)).matchAll(
      / (started|failed|finished) /g,
    );
    expect([...states].map(([, state]) => state)).toEqual(['started', 'failed', 'started', 'finished']);
  });
});

describe('the page on stopping', async () => {
  const snippets = await snippetsOf('stopping.md');

  it('shows how to stop a transcription and how to abort it', async () => {
    expect(snippets).toHaveLength(1);
    const service = await startService({ engine: countingEngine(), port: 0 });
    onTestFinished(() => service.close());
    // Stopped by the signal of Ctrl-C after the first sentence.
    const stopped = (snippets[0] ?? '').replace(
      'console.log(text);\n',
      "{ console.log(text); process.kill(process.pid, 'SIGINT'); }\n",
    );
    expect(await runSnippet(stopped, { DASHSCOPE_WEBSOCKET_BASE_URL: service.url })).toMatch(
      /^Second 1\.\n(.*\n)?stopped early\n$/,
    );
  });
});

describe('the page on live audio', async () => {
  const snippets = await snippetsOf('live-audio.md');

  async function run(snippet = ''): Promise<{ folder: string; output: string }> {
    const service = await startService({ engine: countingEngine(), port: 0 });
    onTestFinished(() => service.close());
    const folder = await snippetFolder();
    const output = await runSnippetIn(folder, snippet, { DASHSCOPE_WEBSOCKET_BASE_URL: service.url });
    return { folder, output };
  }

  it('shows how to record a microphone', async () => {
    const [snippet = ''] = snippets;
    const source = "capture({ driver: 'lavfi', device: 'sine=duration=2'";
    const { folder, output } = await run(snippet.replace('capture({ stop: stopping.signal', source));
    expect(output).toBe('Second 1.\nSecond 2.\n');
    expect((await readFile(join(folder, 'meeting.wav'))).length).toBe(44 + 2 * 32_000);
  });

  it('shows how to send Opus without decoding it', async () => {
    const example = (snippets[2] ?? '').replace(
      'talk.ogg',
      fileURLToPath(new URL('../fixtures/himself.ogg', import.meta.url)),
    );
    expect((await run(example)).output).toMatch(/^Second 1\.\nSecond 2\.\n/);
  });

  it('shows how to recognise Opus packets', async () => {
    const later =
      'decoder.write({ data: Buffer.from([0xf8, 0xff, 0xfe]), timestamp: 960 + 48_000 });\ndecoder.end();';
    const { output } = await run((snippets[1] ?? '').replace('decoder.end();', later));
    expect(output).toContain('Second 1.\n');
  });

  it('shows how to show captions', async () => {
    const source = "capture({ driver: 'lavfi', device: 'sine=duration=2' })";
    const { output } = await run((snippets[3] ?? '').replace('capture()', source));
    expect(output.trimEnd().endsWith('Second 1. Second 2.')).toBe(true);
  });
});

describe('the page on subtitles', async () => {
  const snippets = await snippetsOf('subtitles.md');
  const page = await readFile(new URL('../docs/subtitles.md', import.meta.url), 'utf8');

  /** The cells of the rows of tables whose first cell is a name in code format; without the format. */
  const rows = [...page.matchAll(/^\| `[\w-]+` \|.*$/gm)].map(([row]) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );

  /** The rows between a heading and the next one of its level. */
  function rowsUnder(heading: string): string[][] {
    const [, section = ''] = page.split(`\n## ${heading}\n`);
    const [own = ''] = section.split('\n## ');
    return rows.filter(([name = '']) => own.includes(`\n| \`${name}\` |`));
  }

  /** The limits that both tables have. */
  function limits(options: LayoutOptions): string[] {
    const { maxLineWidth, maxLineCount, readingSpeed, unitsPerCharacter } = profileFor('en', options);
    return [maxLineWidth, maxLineCount, readingSpeed / unitsPerCharacter].map(String);
  }

  it('shows how to write subtitles with a profile', async () => {
    expect(snippets).toHaveLength(2);
    const folder = await snippetFolder();
    expect(await runSnippetIn(folder, snippets[0] ?? '')).toBe('');
    expect(await readFile(join(folder, 'talk.srt'), 'utf8')).toMatch(/^1\n.* --> .*\n.*young man\.\n\n/);
  });

  it('shows the warning about subtitles that are too fast', async () => {
    expect(await runSnippet(snippets[1])).toMatch(/^W_CPS 1 cue above 20 characters per second\n1\n/);
  });

  it('has the limits of every language', () => {
    const expected = SUBTITLE_LANGUAGES.map((language) => {
      const { minCueDurationMs, maxCueDurationMs, minGapMs } = profileFor(language, {});
      const times = [minCueDurationMs, maxCueDurationMs, minGapMs].map((ms) => `${ms} ms`);
      return [language, ...limits({ language }), ...times];
    });
    const described = rowsUnder('Profiles').filter(([name]) =>
      expected.some(([language]) => language === name),
    );
    expect(described.map((cells) => cells.slice(0, 7))).toEqual(expected);
  });

  it('has the limits of every profile', () => {
    const expected = PROFILE_NAMES.map((profile) => {
      const [width, lines, speed] = limits({ profile });
      const { language } = PLATFORMS[profile];
      return language
        ? [profile, language, width, lines, speed]
        : [profile, 'of the text', width, lines, 'of the language'];
    });
    expect(rowsUnder('Profiles').slice(SUBTITLE_LANGUAGES.length)).toEqual(expected);
  });

  it('lists exactly the existing options, formats and shapes', () => {
    const names = (heading: string): (string | undefined)[] => rowsUnder(heading).map(([name]) => name);
    const options = Object.keys(CUE_RULES).filter((name) => !(name in STAGE_RULES));
    expect(new Set(names('Options'))).toEqual(new Set(options));
    expect(names('Formats')).toEqual([...Object.keys(OUTPUT_FORMATS), ...JSON_SHAPES]);
  });
});
