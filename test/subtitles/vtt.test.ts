import * as fc from 'fast-check';
import { parseText } from 'media-captions';
import { expect, it } from 'vitest';
import { vtt } from '../../lib/subtitles/vtt.ts';
import {
  bare,
  finalSentence,
  hostileSentences,
  readable,
  spokenSentences,
  written,
} from './cues/final-sentence.ts';

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

/** Words with invalid times may have the same time: then a cue has up to four lines. */
const CUE = /^\d{2,}:[0-5]\d:[0-5]\d\.\d{3} --> \d{2,}:[0-5]\d:[0-5]\d\.\d{3}\n(.+(?:\n.+){0,3})$/;

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

it('writes the time of each word but the first for karaoke', async () => {
  const sentence = finalSentence('Yes & <we> did.', 1000, 2500, [
    [1000, 1205, 'Yes'],
    [1205, 1300, '&'],
    [1505, 1799, '<we>'],
    [1799, 2500, 'did', '.'],
  ]);
  expect(await written(vtt({ karaoke: true }), [sentence])).toBe(
    [
      'WEBVTT',
      '',
      '00:00:01.000 --> 00:00:02.500',
      'Yes &amp; <00:00:01.505>&lt;we&gt; <00:00:01.799>did.',
      '',
    ].join('\n'),
  );
});

it('removes brackets from the name of a speaker, and escapes it', async () => {
  const sentence = { ...finalSentence('Yes.', 0, 1000), speaker: 'A > b\n& <c>' };
  expect(await written(vtt(), [sentence])).toContain('<v A  b &amp; c>Yes.\n');
});

it('writes word times that rise strictly inside of the cue, without a change of the text', async () => {
  const speakers = fc.constantFrom(undefined, 'Ann', 'Bob');
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(spokenSentences, hostileSentences),
      fc.infiniteStream(speakers),
      async (sentences, names) => {
        const spoken = sentences.map((sentence) => {
          const speaker = names.next().value;
          return speaker === undefined ? sentence : { ...sentence, speaker };
        });
        const file = await written(vtt({ karaoke: true }), spoken);
        expect(file.replaceAll(/<\d[^>]*>/g, '')).toBe(await written(vtt(), spoken));
        const { cues, errors } = await parseText(file, { strict: true, errors: true });
        expect(errors).toEqual([]);
        expect(cues).toHaveLength(file.split(' --> ').length - 1);
        for (const { startTime, endTime, text } of cues) {
          const inner = [...text.matchAll(/<(\d+):(\d\d):(\d\d\.\d{3})>/g)].map(
            ([, hours, minutes, seconds]) => Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
          );
          const times = [startTime, ...inner, endTime];
          expect(times).toEqual([...new Set(times)].toSorted((one, other) => one - other));
        }
      },
    ),
  );
});
