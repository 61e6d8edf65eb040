import { once } from 'node:events';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { srt } from '../../lib/subtitles/srt.ts';
import { bare, finalSentence, hostileSentences, readable, partial, written } from './cues/final-sentence.ts';

it('numbers cues from 1, and writes times with a comma before the milliseconds', async () => {
  const sentences = [
    finalSentence(
      'Had he married a more amiable woman, he might have been made more respectable.',
      640,
      5640,
    ),
    finalSentence('Yes <b>&</b> no.', 90_000_000, 90_001_500),
  ];
  expect(await written(srt(), sentences)).toBe(
    [
      '1',
      '00:00:00,640 --> 00:00:05,640',
      'Had he married a more amiable woman,',
      'he might have been made more respectable.',
      '',
      '2',
      '25:00:00,000 --> 25:00:01,500',
      'Yes <b>&</b> no.',
      '',
      '',
    ].join('\n'),
  );
});

it('writes nothing without final sentences', async () => {
  expect(await written(srt(), [])).toBe('');
  expect(await written(srt(), [partial(finalSentence('Not yet', 0, 0))])).toBe('');
});

it('changes an arrow in the text, which a player could read as a line of times', async () => {
  expect(await written(srt(), [finalSentence('a --> b', 0, 2000)])).toBe(
    '1\n00:00:00,000 --> 00:00:02,000\na -> b\n\n',
  );
});

/** Words with invalid times may have the same time: then a cue has up to four lines. */
const BLOCK =
  /^(\d+)\n(\d{2,}):([0-5]\d):([0-5]\d),(\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d),(\d{3})\n(.+(?:\n.+){0,3})$/;

it('writes any text so that a reader finds every cue and every word', async () => {
  await fc.assert(
    fc.asyncProperty(hostileSentences, async (sentences) => {
      const file = await written(srt(), sentences);
      const blocks = file.split('\n\n');
      expect(blocks.pop()).toBe('');
      const texts = blocks.map((block, index) => {
        const [, number, ...rest] = BLOCK.exec(block) ?? [];
        expect(number).toBe(String(index + 1));
        const text = rest.at(-1) ?? '';
        expect(text).not.toContain('-->');
        return text;
      });
      // Only the dashes of an arrow are lost.
      const withoutArrows = (text: string): string => bare(text).replaceAll(/[->]/g, '');
      expect(withoutArrows(texts.join(''))).toBe(withoutArrows(readable(sentences)));
    }),
  );
});

it('writes a cue of a live source when nothing follows for the given time', async () => {
  const stage = srt({ live: { flushMs: 20 } });
  stage.write(finalSentence('Hello there.', 0, 900));
  const [chunk] = (await once(stage, 'data')) as [Buffer];
  expect(chunk.toString()).toBe('1\n00:00:00,000 --> 00:00:00,900\nHello there.\n\n');
  stage.destroy();
});

it('warns at the end of cues that nobody can read', async () => {
  const stage = srt();
  const warnings: string[] = [];
  stage.on('warning', ({ code, message }) => warnings.push(`${code} ${message}`));
  await written(stage, [finalSentence('a '.repeat(40).trim(), 0, 300), finalSentence('b', 400, 1400)]);
  expect(warnings).toEqual(['W_CPS 1 cue above 20 characters per second']);
});

it('puts a dash before each of two speakers of a cue', async () => {
  const says = (speaker: string, text: string, begin: number, end: number) => ({
    ...finalSentence(text, begin, end),
    speaker,
  });
  expect(await written(srt(), [says('Ann', 'Really?', 0, 300), says('Bob', 'Yes.', 350, 700)])).toContain(
    '\n-Ann: Really?\n-Bob: Yes.\n',
  );
});

it('writes the name of a speaker on the first cue of a turn', async () => {
  const says = (speaker: string, text: string, begin: number) => ({
    ...finalSentence(text, begin, begin + 1500),
    speaker,
  });
  const output = await written(srt(), [
    says('Ann', 'It was late.', 0),
    says('Ann', 'We went home.', 4000),
    says('Bob', 'I stayed.', 8000),
    says('Ann', 'You did.', 12_000),
  ]);
  const lines = output.split('\n').filter((line) => /[a-z]/.test(line));
  expect(lines).toEqual(['Ann: It was late.', 'We went home.', 'Bob: I stayed.', 'Ann: You did.']);
});
