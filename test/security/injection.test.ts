import { PassThrough, type Duplex } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { parse } from 'ass-compiler';
import { errorLine } from '../../lib/cli/terminal/error-line.ts';
import { liveDisplay } from '../../lib/cli/terminal/progress/live-display.ts';
import { ass } from '../../lib/subtitles/ass.ts';
import { json } from '../../lib/subtitles/json.ts';
import { jsonl } from '../../lib/subtitles/jsonl.ts';
import { lrc } from '../../lib/subtitles/lrc.ts';
import { srt } from '../../lib/subtitles/srt.ts';
import { text } from '../../lib/subtitles/text.ts';
import { tsv } from '../../lib/subtitles/tsv.ts';
import { vtt } from '../../lib/subtitles/vtt.ts';
import { finalSentence, written } from '../subtitles/cues/final-sentence.ts';
import { ATTACKS, RAW_CONTROLS } from './attacks.ts';
import { type Cue, readSrt, readVtt } from './subtitle-readers.ts';

/** Each attack has a slot of ten seconds and lasts for the first eight. */
const SLOT_MS = 10_000;
const SENTENCES = ATTACKS.map((attack, slot) => finalSentence(attack, slot * SLOT_MS, slot * SLOT_MS + 8000));

/** All line ends that any program recognises. */
const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/u;

/** What formats without escapes write instead of a bracket or backslash. */
const NARROW: Readonly<Record<string, string>> = {
  '｛': '{',
  '｝': '}',
  '＼': '\\',
  '［': '[',
  '＜': '<',
};

async function writeFile(writer: Duplex): Promise<string> {
  const content = await written(writer, SENTENCES);
  expect(content).not.toMatch(RAW_CONTROLS);
  return content;
}

/** Removes what a format may change from a text: white space, control characters, dashes of arrows. */
function letters(content: string): string {
  return content
    .replaceAll(/\p{Cs}/gu, '\ufffd')
    .replaceAll(/[\s\p{Cc}]/gu, '')
    .replaceAll(/-+>/g, '>');
}

/** Returns the text of each slot. */
function bySlot(cues: readonly Cue[]): string[] {
  const texts: string[] = ATTACKS.map(() => '');
  for (const { start, end, lines } of cues) {
    const slot = Math.floor(start / SLOT_MS);
    expect(end).toBeGreaterThan(start);
    expect(end).toBeLessThanOrEqual((slot + 1) * SLOT_MS);
    texts[slot] += lines.join('');
  }
  return texts;
}

describe('500 texts with control sequences and syntax remain text', () => {
  const expected = ATTACKS.map(letters);

  it('in SRT', async () => {
    expect(bySlot(readSrt(await writeFile(srt()))).map(letters)).toEqual(expected);
  });

  it('in WebVTT', async () => {
    expect(bySlot(readVtt(await writeFile(vtt()))).map(letters)).toEqual(expected);
  });

  it('in ASS', async () => {
    const { events } = parse(await writeFile(ass()));
    const cues = events.dialogue.map(({ Start, End, Text }) => ({
      start: Math.round(Start * 1000),
      end: Math.round(End * 1000),
      lines: [Text.parsed.map((part) => part.text).join('')],
    }));
    const narrow = (line: string): string =>
      letters(line.replaceAll(String.raw`\N`, '').replaceAll(/[｛｝＼]/g, (mark) => NARROW[mark] ?? mark));
    expect(bySlot(cues).map(narrow)).toEqual(expected.map(narrow));
  });

  it('in LRC', async () => {
    const rows = (await writeFile(lrc())).split(LINE_ENDS);
    expect(rows.pop()).toBe('');
    const texts: string[] = ATTACKS.map(() => '');
    for (const row of rows) {
      const [, minutes, seconds, line = ''] = /^\[(\d+):(\d\d\.\d\d)\](.*)$/u.exec(row) ?? [];
      texts[Math.floor((Number(minutes) * 60 + Number(seconds)) / (SLOT_MS / 1000))] += line;
    }
    const narrow = (line: string): string =>
      letters(line.replaceAll(/[［＜]/g, (mark) => NARROW[mark] ?? mark));
    expect(texts.map(narrow)).toEqual(expected.map(narrow));
  });

  it('in TSV', async () => {
    const [head, ...rows] = (await writeFile(tsv())).split(LINE_ENDS);
    expect(rows.pop()).toBe('');
    const cells = rows.map((row) => row.split('\t'));
    expect(head).toBe('start\tend\ttext');
    expect(cells.map(([start, end]) => [Number(start), Number(end)])).toEqual(
      SENTENCES.map(({ begin_time, end_time }) => [begin_time, end_time]),
    );
    expect(cells.map((row) => letters(row.slice(2).join('\t')))).toEqual(expected);
    expect(new Set(cells.map(({ length }) => length))).toEqual(new Set([3]));
  });

  it('in plain text', async () => {
    const lines = (await writeFile(text())).split(LINE_ENDS);
    expect(lines.pop()).toBe('');
    expect(lines.map(letters)).toEqual(expected);
  });

  it('in JSONL', async () => {
    const lines = (await writeFile(jsonl())).split(LINE_ENDS);
    expect(lines.pop()).toBe('');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(SENTENCES);
  });

  it('in JSON', async () => {
    const content = await writeFile(json());
    expect(JSON.parse(content)).toEqual(SENTENCES);
    expect(content.split(LINE_ENDS)).toHaveLength(SENTENCES.length + 3);
  });

  it('on a terminal', async () => {
    const output = new PassThrough();
    const display = liveDisplay(output);
    for (const sentence of SENTENCES) display.showSentence(sentence);
    display.close();
    output.end();
    const lines = (await textOf(output)).split(LINE_ENDS);
    expect(lines.pop()).toBe('');
    expect(lines).toHaveLength(ATTACKS.length);
    expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });

  it('in the line about an error', () => {
    const lines = ATTACKS.map((attack) =>
      errorLine({ message: attack, code: 'E_SERVER', hint: attack, requestId: attack }, attack),
    );
    expect(lines.filter((line) => /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(line))).toEqual([]);
  });
});
