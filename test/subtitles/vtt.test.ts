import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { vtt } from '../../lib/subtitles/vtt.ts';
import { bare, finalSentence, hostileSentences, readable, written } from './cues/final-sentence.ts';

it('writes a header and escaped cues, and times with a point before the milliseconds', async () => {
  const sentences = [
    finalSentence('Salt & pepper --> <b>', 640, 2640),
    finalSentence('No.', 3_600_000, 3_601_000),
  ];
  expect(await written(vtt(), sentences)).toBe(
    [
      'WEBVTT',
      '',
      '00:00:00.640 --> 00:00:02.640',
      'Salt &amp; pepper --&gt; &lt;b&gt;',
      '',
      '01:00:00.000 --> 01:00:01.000',
      'No.',
      '',
    ].join('\n'),
  );
});

it('writes only the header without sentences', async () => {
  expect(await written(vtt(), [])).toBe('WEBVTT\n');
});

const CUE = /^\d{2,}:[0-5]\d:[0-5]\d\.\d{3} --> \d{2,}:[0-5]\d:[0-5]\d\.\d{3}\n(.+(?:\n.+)?)$/;

it('writes any text so that a reader finds every cue and every word', async () => {
  await fc.assert(
    fc.asyncProperty(hostileSentences, async (sentences) => {
      const file = await written(vtt(), sentences);
      const [head, ...cues] = file.replace(/\n$/, '').split('\n\n');
      expect(head).toBe('WEBVTT');
      const texts = cues.map((cue) => {
        const text = CUE.exec(cue)?.[1] ?? '';
        expect(text).not.toMatch(/^$|[<>]|&(?!amp;|lt;|gt;)/);
        return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
      });
      expect(bare(texts.join(''))).toBe(readable(sentences));
    }),
  );
});
