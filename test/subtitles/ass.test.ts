import { compile, parse } from 'ass-compiler';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ass } from '../../lib/subtitles/ass.ts';
import {
  bare,
  finalSentence,
  hostileSentences,
  readable,
  spokenSentences,
  written,
} from './cues/final-sentence.ts';

const events = (file: string): string[] => file.split('\n').filter((line) => line.startsWith('Dialogue:'));

it('writes a whole script with one style, and times in hundredths of a second that are rounded down', async () => {
  const sentences = [
    finalSentence(
      'Had he married a more amiable woman, he might have been made more respectable.',
      649,
      5648,
    ),
    finalSentence('No, no.', 36_000_000, 36_001_500),
  ];
  expect(await written(ass(), sentences)).toBe(
    [
      '[Script Info]',
      'ScriptType: v4.00+',
      'PlayResX: 1920',
      'PlayResY: 1080',
      'WrapStyle: 0',
      'ScaledBorderAndShadow: yes',
      '',
      '[V4+ Styles]',
      'Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding',
      'Style: Default,Arial,64,&H00FFFFFF,&H00A0A0A0,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,96,96,54,1',
      '',
      '[Events]',
      'Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text',
      String.raw`Dialogue: 0,0:00:00.64,0:00:05.64,Default,,0,0,0,,Had he married a more amiable woman,\Nhe might have been made more respectable.`,
      'Dialogue: 0,10:00:00.00,10:00:01.50,Default,,0,0,0,,No, no.',
      '',
    ].join('\n'),
  );
});

it('writes the duration of each word and of each pause for karaoke', async () => {
  const sentence = finalSentence('Yes, we did.', 1000, 2500, [
    [1000, 1205, 'Yes', ','],
    [1505, 1799, 'we'],
    [1799, 2500, 'did', '.'],
  ]);
  expect(events(await written(ass({ karaoke: true }), [sentence]))).toEqual([
    String.raw`Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\k20}Yes, {\k30}{\k29}we {\k71}did.`,
  ]);
});

it('keeps the time of a word whose full stop is removed', async () => {
  const sentence = finalSentence('We did.', 1000, 2500, [
    [1000, 1300, 'We'],
    [1300, 2500, 'did', '.'],
  ]);
  expect(events(await written(ass({ karaoke: true, stripPunctuation: true }), [sentence]))).toEqual([
    String.raw`Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\k30}We {\k120}did`,
  ]);
});

it('writes an event for each speaker of a cue, in their order from top to bottom', async () => {
  const sentences = [
    { ...finalSentence('Do you like it?', 0, 900), speaker: 'Ann, {the\nfirst}' },
    { ...finalSentence('No.', 300, 800), speaker: 'Bob' },
  ];
  expect(events(await written(ass(), sentences))).toEqual([
    'Dialogue: 0,0:00:00.00,0:00:00.90,Default,Ann ｛the first｝,0,0,134,,-Do you like it?',
    'Dialogue: 0,0:00:00.00,0:00:00.90,Default,Bob,0,0,0,,-No.',
  ]);
});

it('writes braces and backslashes so that a player shows them', async () => {
  const file = await written(ass(), [finalSentence(String.raw`{\b1}Bold\Nnot`, 0, 2000)]);
  expect(events(file)).toEqual(['Dialogue: 0,0:00:00.00,0:00:02.00,Default,,0,0,0,,｛＼b1｝Bold＼Nnot']);
  expect(compile(file, {}).dialogues[0]?.slices[0]?.fragments.map(({ text }) => text)).toEqual([
    '｛＼b1｝Bold＼Nnot',
  ]);
});

const FULL_WIDTH: Readonly<Record<string, string>> = { '{': '｛', '}': '｝', '\\': '＼' };

it('writes any text so that another parser finds every cue and every word', async () => {
  await fc.assert(
    fc.asyncProperty(hostileSentences, fc.boolean(), async (sentences, karaoke) => {
      const { events: parsed } = parse(await written(ass({ karaoke }), sentences));
      const texts = parsed.dialogue.map(({ Text }) => Text.parsed.map(({ text }) => text).join(''));
      const expected = readable(sentences).replaceAll(/[{}\\]/g, (mark) => FULL_WIDTH[mark] ?? mark);
      expect(bare(texts.join('').replaceAll(String.raw`\N`, ''))).toBe(expected);
      expect(parsed.dialogue.every(({ Start, End }) => Start <= End)).toBe(true);
    }),
  );
});

it('gives the words and pauses of a cue exactly its duration', async () => {
  const anySentences = fc.oneof(spokenSentences, hostileSentences);
  await fc.assert(
    fc.asyncProperty(anySentences, async (sentences) => {
      const { events: parsed } = parse(await written(ass({ karaoke: true }), sentences));
      for (const { Start, End, Text } of parsed.dialogue) {
        const durations = [...Text.raw.matchAll(/\{\\k(\d+)\}/g)].map(([, cs]) => Number(cs));
        const totalCs = durations.reduce((total, cs) => total + cs, 0);
        expect(totalCs).toBe(Math.round((End - Start) * 100));
      }
    }),
  );
});
