import { describe, expect, it } from 'vitest';
import { fix, type FixOptions } from '../../../lib/subtitles/check/fix.ts';
import { srtFile, type TestCue, vttFile } from './subtitle-text.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text after its repair; undefined when it stays as it is. */
function fixed(text: string, options: FixOptions = {}): string | undefined {
  const { bytes } = fix(encoder.encode(text), text.startsWith('WEBVTT') ? 'vtt' : 'srt', options);
  return bytes && decoder.decode(bytes);
}

describe('fix', () => {
  it.each<[name: string, before: readonly TestCue[], after: readonly TestCue[]]>([
    [
      'cuts the earlier end of an overlap',
      [
        [1000, 3000, 'One.'],
        [2500, 4000, 'Two.'],
      ],
      [
        [1000, 2417, 'One.'],
        [2500, 4000, 'Two.'],
      ],
    ],
    [
      'leaves at least 1 ms between starts that are close',
      [
        [1000, 3000, 'One.'],
        [1050, 3000, 'Two.'],
      ],
      [
        [1000, 1050, 'One.'],
        [1050, 3000, 'Two.'],
      ],
    ],
    [
      'merges cues that start at the same time, in the order of the file',
      [
        [4000, 6000, 'Later.'],
        [1000, 3000, 'Two.'],
        [1000, 2000, 'One.'],
      ],
      [
        [1000, 3000, 'Two.\nOne.'],
        [4000, 6000, 'Later.'],
      ],
    ],
    [
      'breaks the lines of merged cues as the profile allows',
      [
        [1000, 3000, 'One two,\nthree four.'],
        [1000, 4000, 'Five six.'],
      ],
      [[1000, 4000, 'One two, three four. Five six.']],
    ],
    [
      'keeps the dashes of two speakers in merged cues, and adds none',
      [
        [1000, 3000, '- One.'],
        [1000, 3000, '- Two.'],
        [4000, 6000, 'Three.'],
        [4000, 6000, 'Four.'],
      ],
      [
        [1000, 3000, '- One.\n- Two.'],
        [4000, 6000, 'Three.\nFour.'],
      ],
    ],
    [
      'merges cues beyond the number of lines rather than to move a start',
      [
        [1000, 6000, '- This is the first line of Ann,\nand this is her second one.'],
        [1000, 6000, '- This is the first line of Bob,\nand this is his second one.'],
      ],
      [
        [
          1000,
          6000,
          '- This is the first line of Ann,\nand this is her second one.\n- This is the first line of Bob,\nand this is his second one.',
        ],
      ],
    ],
    [
      'merges cues with tags, and closes those that are open',
      [
        [1000, 3000, '<i>One.'],
        [1000, 3000, '<b>Two.</b>'],
      ],
      [[1000, 3000, '<i>One.</i>\n<b>Two.</b>']],
    ],
    ['extends a cue to the least duration', [[1000, 1200, 'One.']], [[1000, 1833, 'One.']]],
    [
      'does not extend a cue into the next one',
      [
        [1000, 1200, 'One.'],
        [1500, 3000, 'Two.'],
      ],
      [
        [1000, 1417, 'One.'],
        [1500, 3000, 'Two.'],
      ],
    ],
    ['cuts a cue to the greatest duration', [[1000, 9000, 'One.']], [[1000, 8000, 'One.']]],
    [
      'widens a gap',
      [
        [1000, 2990, 'One.'],
        [3000, 5000, 'Two.'],
      ],
      [
        [1000, 2917, 'One.'],
        [3000, 5000, 'Two.'],
      ],
    ],
    [
      'closes an open gap',
      [
        [1000, 2700, 'One.'],
        [3000, 5000, 'Two.'],
      ],
      [
        [1000, 2917, 'One.'],
        [3000, 5000, 'Two.'],
      ],
    ],
    [
      'gives a cue without duration the time to read it',
      [[1000, 1000, 'This is forty characters of plain text.']],
      [[1000, 2950, 'This is forty characters of plain text.']],
    ],
    [
      'does not extend a cue for its reading speed',
      [[1000, 2000, 'This is forty characters of plain text.']],
      [[1000, 2000, 'This is forty characters of plain text.']],
    ],
    [
      'sorts cues by their starts',
      [
        [4000, 6000, 'Two.'],
        [1000, 2000, 'One.'],
      ],
      [
        [1000, 2000, 'One.'],
        [4000, 6000, 'Two.'],
      ],
    ],
    [
      'removes empty cues',
      [
        [1000, 2000, '<i> </i>'],
        [4000, 6000, 'Two.'],
      ],
      [[4000, 6000, 'Two.']],
    ],
    [
      'breaks a wide line',
      [[1000, 4000, 'This line is much too wide, so it has to become two lines.']],
      [[1000, 4000, 'This line is much too wide,\nso it has to become two lines.']],
    ],
    [
      'joins three lines',
      [[1000, 4000, 'One two\nthree four\nfive six.']],
      [[1000, 4000, 'One two three four five six.']],
    ],
    [
      'moves the break after an article',
      [[1000, 4000, 'I have seen the\nother side of the big hill there.']],
      [[1000, 4000, 'I have seen the other side\nof the big hill there.']],
    ],
    [
      'moves a mark to the line before',
      [[1000, 4000, '今天天气非常好我们\n，一起去公园玩吧']],
      [[1000, 4000, '今天天气非常好我们，\n一起去公园玩吧']],
    ],
    [
      'keeps tags in their place',
      [[1000, 5000, 'This line is <i>much too wide, so it has</i> to become two lines.']],
      [[1000, 5000, 'This line is <i>much too wide,\nso it has</i> to become two lines.']],
    ],
    [
      'keeps the lines of a dialogue',
      [[1000, 4000, '-No.\n-I have seen the other side of it.']],
      [[1000, 4000, '-No.\n-I have seen the other side of it.']],
    ],
    [
      'keeps text that two lines cannot hold',
      [[1000, 8000, 'wide '.repeat(30).trim()]],
      [[1000, 8000, 'wide '.repeat(30).trim()]],
    ],
  ])('%s', (_, before, after) => {
    expect(fixed(srtFile(...before))).toBe(srtFile(...after));
    expect(fixed(vttFile(...before))).toBe(vttFile(...after));
  });

  it('repairs numbers, times with points and missing empty lines of SRT', () => {
    const text = '7\n0:00:01.000 --> 00:00:02,000\nOne.\n00:00:03,000 --> 00:00:04,000\nTwo.';
    expect(fixed(text)).toBe(srtFile([1000, 2000, 'One.'], [3000, 4000, 'Two.']));
  });

  it('repairs a missing header, times with commas and ampersands of WebVTT', () => {
    const { bytes } = fix(encoder.encode('00:00:01,000 --> 00:00:02,000\nR&D\n'), 'vtt', {});
    expect(decoder.decode(bytes)).toBe(vttFile([1000, 2000, 'R&amp;D']));
  });

  it('takes a number before times without an empty line as the identifier of a WebVTT cue', () => {
    const first = 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nOne.\n';
    const second = '2\n00:00:03.000 --> 00:00:04.000\nTwo.\n';
    expect(fixed(first + second)).toBe(`${first}\n${second}`);
  });

  it('keeps header, comments, styles, regions, identifiers and settings of WebVTT', () => {
    const head = 'WEBVTT Title\nKind: captions\n\nREGION\nid:a\n\nSTYLE\n::cue {\n}\n';
    const cue = (id: string, times: string) =>
      `\nNOTE about ${id}\n\n${id}\n${times} line:0 region:a\nText.\n`;
    const first = cue('intro', '00:00:01.000 --> 00:00:02.000');
    const second = cue('two', '00:00:05.000 --> 00:00:07.000');
    const third = cue('three', '00:00:09.000 --> 00:00:11.000');
    const end = '\nNOTE end\n';
    expect(fixed(head + first + third + second + end)).toBe(head + first + second + third + end);
  });

  it('does not end a cue before a time inside it', () => {
    const text = vttFile([1000, 3000, 'One <00:00:02.500>two.'], [2480, 4000, 'Three.']);
    expect(fixed(text)).toBe(text);
  });

  it.each([
    ['text outside a cue', '1\n00:00:01,000 --> 00:00:01,100\nOne.\n\nLost.\n'],
    ['times that cannot be read', '1\n00:00:01,000 --> soon\nOne.\n'],
    ['a setting of WebVTT that is not valid', 'WEBVTT\n\n00:01.000 --> 00:01.100 colour:red\nOne.\n'],
    ['a style after a cue', 'WEBVTT\n\n00:01.000 --> 00:01.100\nOne.\n\nSTYLE\nx\n'],
    ['NUL', srtFile([1000, 1100, 'a\0b'])],
  ])('leaves a file with %s as it is', (_, text) => {
    expect(fixed(text)).toBeUndefined();
  });

  it('keeps CRLF and a byte order mark, and replaces mixed line ends by LF', () => {
    const text = srtFile([1000, 3000, 'One.']);
    const dos = `\uFEFF${text.replaceAll('\n', '\r\n')}`;
    expect(fixed(dos)).toBe(dos);
    expect(fixed(text.replace('\n', '\r\n'))).toBe(text);
    expect(fixed(text, { newline: 'crlf', bom: true })).toBe(dos);
    expect(fixed(dos, { newline: 'lf', bom: false })).toBe(text);
  });

  it('writes UTF-16 as UTF-8', () => {
    const text = srtFile([1000, 3000, '你好']);
    const { bytes } = fix(Buffer.from(`\uFEFF${text}`, 'utf16le'), 'srt', {});
    expect(decoder.decode(bytes)).toBe(text);
  });
});

describe('cues of WebVTT with the same start', () => {
  const cue = (text: string, settings = '', id = '') =>
    `${id && `${id}\n`}00:01.000 --> 00:03.000${settings && ` ${settings}`}\n${text}\n`;
  const file = (...cues: string[]) => `WEBVTT\n\n${cues.join('\n')}`;

  it('are merged, with the voices and the comments of both', () => {
    const text = file(cue('<v Ann>One.', '', '1'), 'NOTE about Bob\n', cue('<v Bob>Two.', '', '2'));
    expect(fixed(text)).toBe(
      'WEBVTT\n\nNOTE about Bob\n\n1\n00:00:01.000 --> 00:00:03.000\n<v Ann>One.</v>\n<v Bob>Two.\n',
    );
  });

  it.each([
    ['settings', cue('One.', 'line:0'), cue('Two.')],
    ['places', cue('{\\an8}One.'), cue('Two.')],
    ['identifiers', cue('One.', '', 'ann'), cue('Two.', '', 'bob')],
    ['times of words', cue('One <00:01.500>two.'), cue('Three <00:01.200>four.')],
  ])('stay apart when they have different %s', (_, one, two) => {
    expect(fixed(file(one, two))?.match(/-->/g)).toHaveLength(2);
  });
});
