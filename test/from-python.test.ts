import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { PARAMETERS } from '../lib/protocol/parameters.ts';
import { Recognition } from '../lib/recognition/recognition.ts';
import { RecognitionResult } from '../lib/recognition/recognition-result.ts';
import { RECOGNIZE_STREAM_RULES } from '../lib/recognition/recognize-stream.ts';

const PAGE = await readFile(new URL('../docs/from-python.md', import.meta.url), 'utf8');

/** The cells of the table under a heading, without their code marks. */
function table(heading: string): string[][] {
  const section = PAGE.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

function methodsOf(type: { readonly prototype: object }): string[] {
  return Object.getOwnPropertyNames(type.prototype).filter((name) => name !== 'constructor');
}

const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

describe('the page for users of the Python SDK', () => {
  it('names every parameter, with its wire name, option and flag', () => {
    const rows = table('Parameters').map(([python, option, flag]) => [python, option, flag]);
    const expected = Object.entries(PARAMETERS).map(([name, { wireName }]) => [
      wireName,
      name,
      `--${kebab(name)}`,
    ]);
    expect(rows).toEqual(expect.arrayContaining(expected));
    const options = [...Object.keys(RECOGNIZE_STREAM_RULES), 'callback'];
    expect(rows.map(([, option]) => option).filter((option) => !options.includes(option ?? ''))).toEqual([]);
  });

  it('names every method of Recognition and RecognitionResult', () => {
    const here = (heading: string) => table(heading).map(([, method]) => method?.replace(/\(.*$/, ''));
    expect(new Set(here('Recognition'))).toEqual(new Set(methodsOf(Recognition)));
    const results = [...methodsOf(RecognitionResult), 'RecognitionResult.isSentenceEnd'];
    expect(new Set(here('RecognitionResult'))).toEqual(new Set(results));
  });

  it('names every callback', () => {
    expect(
      table('Callbacks and events').map(([python, callback, event]) => [python, callback, event]),
    ).toEqual(
      ['open', 'event', 'complete', 'error', 'close'].map((event) => [
        `on_${event}`,
        `on${event[0]?.toUpperCase()}${event.slice(1)}`,
        event,
      ]),
    );
  });
});
