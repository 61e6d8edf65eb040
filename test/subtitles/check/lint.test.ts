import { beforeAll, describe, expect, it } from 'vitest';
import { loadPhrases } from '../../../lib/subtitles/words/phrases.ts';
import { lint, type LintOptions } from '../../../lib/subtitles/check/lint.ts';
import { srtFile, vttFile } from './subtitle-text.ts';

const encoder = new TextEncoder();

/** The findings of an SRT or WebVTT text, as `line cue rule value limit`. */
function findings(text: string | Uint8Array, options: LintOptions = {}): string[] {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text;
  const format = new TextDecoder().decode(bytes).startsWith('WEBVTT') ? 'vtt' : 'srt';
  return lint(bytes, format, options).findings.map(
    ({ line, cue, rule, value, limit }) => `${line} ${cue} ${rule} ${value} ${limit}`,
  );
}

beforeAll(() => loadPhrases('ja'));

describe('lint', () => {
  it.each([
    ['valid SRT', srtFile([1000, 3000, 'Hello there.'], [4000, 6000, 'How are you?'])],
    ['valid WebVTT', vttFile([1000, 3000, '<v Ann>Hello &amp; goodbye.'], [4000, 6000, 'How are you?'])],
    ['CRLF and a byte order mark', `\uFEFF${srtFile([1000, 3000, 'Hello.']).replaceAll('\n', '\r\n')}`],
    ['an empty file', ''],
    ['a header alone', 'WEBVTT\n'],
    [
      'regions, styles, comments',
      `WEBVTT\nKind: captions\n\nREGION\nid:a\nwidth:40%\n\nSTYLE\n::cue { color: red }\n\nNOTE x\n\n00:01.000 --> 00:03.000 region:a line:0\nHi.\n`,
    ],
    ['a dialogue with a short line', srtFile([1000, 3000, '-No.\n-But he said that he would come.'])],
    ['a pause of 600 ms', srtFile([1000, 3000, 'Hello.'], [3600, 5000, 'You.'])],
    ['a small kana first in a Japanese cue', srtFile([1000, 3000, 'っていうか'])],
    ['a small kana first in a Japanese sentence', srtFile([1000, 6000, 'そうだよ。\nっていうか、寒い。'])],
    ['Korean', srtFile([1000, 3000, '안녕하세요 여러분'])],
  ])('accepts %s', (_, text) => {
    expect(findings(text)).toEqual([]);
  });

  it.each([
    ['order', srtFile([4000, 6000, 'One.'], [1000, 2000, 'Two.']), '6 2 order 1000 4000'],
    ['overlap', srtFile([1000, 3000, 'One.'], [2500, 4000, 'Two.']), '2 1 overlap 3000 2500'],
    ['zero-duration', srtFile([1000, 1000, 'One.']), '2 1 zero-duration 0 1'],
    ['a negative duration', srtFile([2000, 1000, 'One.']), '2 1 zero-duration -1000 1'],
    ['empty-cue', srtFile([1000, 2000, '<i></i>']), '2 1 empty-cue  text'],
    ['a cue of punctuation', srtFile([1000, 2000, '...']), '2 1 empty-cue ... text'],
    ['line-count', srtFile([1000, 4000, 'Red.\nGreen.\nBlue.']), '2 1 line-count 3 2'],
    [
      'line-width',
      srtFile([1000, 5000, `Short\n${'long '.repeat(9).trim()}`.replace('Short', 'Not so short one')]),
      '4 1 line-width 44 42',
    ],
    ['kinsoku', srtFile([1000, 4000, '今天天气很好\n，我们去公园']), '4 1 kinsoku ， not first in a line'],
    [
      'kinsoku of a small kana',
      srtFile([1000, 6000, '今日はね、\nっていうか寒い']),
      '4 1 kinsoku っ not first in a line',
    ],
    ['kinsoku at the end', srtFile([1000, 4000, '他说「\n我们去公园']), '3 1 kinsoku 「 not last in a line'],
    ['cps', srtFile([1000, 2000, 'Twenty one characters']), '2 1 cps 21 20'],
    ['min-duration', srtFile([1000, 1500, 'One.']), '2 1 min-duration 500 833'],
    ['max-duration', srtFile([1000, 8001, 'One.']), '2 1 max-duration 7001 7000'],
    ['min-gap', srtFile([1000, 3000, 'One.'], [3082, 5000, 'Two.']), '2 1 min-gap 82 83'],
    ['open-gap', srtFile([1000, 3000, 'One.'], [3500, 5000, 'Two.']), '2 1 open-gap 500 125'],
    [
      'a line that ends with an article',
      srtFile([1000, 4000, 'I have seen the\nother side of it.']),
      '3 1 bad-break the no break here',
    ],
    [
      'a cue that ends with a preposition',
      srtFile([1000, 4000, 'I have thought of'], [4083, 6000, 'you.']),
      '3 1 bad-break of no break here',
    ],
    [
      'a line break in a Chinese word',
      srtFile([1000, 4000, '我们今天去学\n校学习中文']),
      '3 1 bad-break 我们今天去学 no break here',
    ],
    [
      'a line break in a name',
      srtFile([1000, 4000, 'Yesterday I met Barack\nObama in the street.']),
      '3 1 bad-break Barack no break here',
    ],
    [
      'a line break in a Japanese phrase, and not the end of a cue there',
      srtFile([1000, 7000, '今日は天気がとても良\nかったです'], [10000, 12000, 'はい']),
      '3 1 bad-break 今日は天気がとても良 no break here',
    ],
    ['balance', srtFile([1000, 4000, 'Yes.\nI have seen all of it.']), '2 1 balance 4 8'],
  ])('finds %s', (_, text, expected) => {
    expect(findings(text)).toEqual([expected]);
  });

  it('does not count tags', () => {
    const tagged = `{\\an8}<i>${'long '.repeat(8)}</i>`;
    expect(findings(srtFile([1000, 5000, tagged]))).toEqual([]);
    expect(findings(vttFile([1000, 5000, `<v Ann Elisabeth>${'long '.repeat(8)}`]))).toEqual([]);
  });

  it('counts a lower-than sign that is not a tag', () => {
    const text = `a < ${'b'.repeat(38)} >`;
    expect(findings(srtFile([1000, 5000, text]))).toEqual(['3 1 line-width 44 42']);
  });

  it('finds end punctuation only in profiles that remove it', () => {
    const text = srtFile([1000, 3000, '你好。'], [4000, 6000, '你好吗？'], [7000, 9000, '等等……']);
    expect(findings(text)).toEqual([]);
    expect(findings(text, { stripPunctuation: true })).toEqual(['3 1 end-punctuation 。 none']);
    const kept = srtFile([1000, 3000, 'It begins at 9 a.m.'], [4000, 6000, 'He said, “No.”']);
    expect(findings(kept, { stripPunctuation: true })).toEqual([]);
  });

  it('chooses the netflix profile by the language of the text', () => {
    const text = srtFile([1000, 2000, '五文字です']);
    expect(findings(text)).toEqual(['2 1 cps 5 4']);
    expect(findings(text, { maxCps: 5 })).toEqual([]);
    expect(findings(text, { language: 'zh' })).toEqual([]);
  });

  it('makes warnings errors in strict mode', () => {
    const bytes = encoder.encode(srtFile([1000, 1500, 'One.']));
    const severities = [false, true].map((strict) => lint(bytes, 'srt', { strict }).findings[0]?.severity);
    expect(severities).toEqual(['warning', 'error']);
  });
});

describe('lint of SRT syntax', () => {
  it.each([
    ['times with a point', '1\n00:00:01.000 --> 00:00:02.000\nOne.\n', [2]],
    ['times that cannot be read', '1\n00:00:01,000 --> later\nOne.\n', [2]],
    ['minutes above 59', '1\n00:61:01,000 --> 00:61:02,000\nOne.\n', [2]],
    ['a missing number', '00:00:01,000 --> 00:00:02,000\nOne.\n', [1]],
    [
      'a number that is left out',
      '1\n00:00:01,000 --> 00:00:02,000\nOne.\n\n3\n00:00:03,000 --> 00:00:04,000\nTwo.\n',
      [5],
    ],
    [
      'a missing empty line',
      '1\n00:00:01,000 --> 00:00:02,000\nOne.\n2\n00:00:03,000 --> 00:00:04,000\nTwo.\n',
      [4],
    ],
    ['text after an empty line', '1\n00:00:01,000 --> 00:00:02,000\nOne.\n\nLost.\n', [5]],
    ['text without times', 'Hello\n', [1]],
    ['an arrow in a text', '1\n00:00:01,000 --> 00:00:02,000\nGo --> left\n', [3]],
    ['WebVTT with the name of SRT', vttFile([1000, 2000, 'One.'], [3000, 4000, '<v Ann>Two.']), [1]],
  ])('finds %s', (_, text, lines) => {
    const found = lint(encoder.encode(text), 'srt', {}).findings;
    expect(found.map(({ rule, line }) => [rule, line])).toEqual(lines.map((line) => ['syntax', line]));
  });
});

describe('lint of WebVTT syntax', () => {
  it.each([
    ['a missing header', '00:01.000 --> 00:02.000\nOne.\n', 1],
    ['times with a comma', 'WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nOne.\n', 3],
    ['an unknown setting', 'WEBVTT\n\n00:01.000 --> 00:02.000 colour:red\nOne.\n', 3],
    ['an ampersand', 'WEBVTT\n\n00:01.000 --> 00:02.000\nR&D\n', 4],
    ['text outside a cue', 'WEBVTT\n\n00:01.000 --> 00:02.000\nOne.\n\nLost.\n', 6],
    ['a style after a cue', 'WEBVTT\n\n00:01.000 --> 00:02.000\nOne.\n\nSTYLE\nx\n', 7],
  ])('finds %s', (_, text, line) => {
    const found = lint(encoder.encode(text), 'vtt', {}).findings.filter(({ rule }) => rule === 'syntax');
    expect(found.map((finding) => finding.line)).toContain(line);
  });
});

describe('lint of the encoding', () => {
  it.each([
    [
      'bytes that are not UTF-8',
      Buffer.concat([Buffer.from('1\n00:00:01,000 --> 00:00:02,000\n'), Buffer.of(0xe9)]),
      '3 null encoding unknown UTF-8',
    ],
    ['NUL', srtFile([1000, 2000, 'a\0b']), '3 1 encoding NUL UTF-8'],
    [
      'UTF-16',
      Buffer.from(`\uFEFF${srtFile([1000, 2000, 'One.'])}`, 'utf16le'),
      '1 1 encoding utf-16le UTF-8',
    ],
    [
      'UTF-16 without a byte order mark',
      Buffer.from(srtFile([1000, 2000, 'One.']), 'utf16le'),
      '1 1 encoding utf-16le UTF-8',
    ],
    [
      'big-endian UTF-16 without a byte order mark',
      Buffer.from(srtFile([1000, 2000, 'One.']), 'utf16le').swap16(),
      '1 1 encoding utf-16be UTF-8',
    ],
  ])('finds %s', (_, text, expected) => {
    expect(findings(text)).toEqual([expected]);
  });
});
