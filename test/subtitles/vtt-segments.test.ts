import webvtt from 'webvtt-parser';
import { expect, it } from 'vitest';
import type { Sentence } from '../../lib/sentence.ts';
import { vttSegments, type VttSegment, type VttSegmentOptions } from '../../lib/subtitles/vtt-segments.ts';
import { finalSentence } from './cues/final-sentence.ts';

async function segmentsOf(
  sentences: readonly Sentence[],
  options: VttSegmentOptions = {},
): Promise<VttSegment[]> {
  const stage = vttSegments(options);
  for (const sentence of sentences) stage.write(sentence);
  stage.end();
  return await stage.toArray();
}

it('writes whole files of one length, with each cue in all segments in which it is shown', async () => {
  const segments = await segmentsOf(
    [
      finalSentence('It was late.', 1000, 2500),
      finalSentence('We went home then.', 5000, 7000),
      finalSentence('Now.', 19_000, 20_000),
    ],
    { mpegTs: 900_000 },
  );
  expect(segments.map(({ index, beginMs, endMs }) => [index, beginMs, endMs])).toEqual([
    [0, 0, 6000],
    [1, 6000, 12_000],
    [2, 12_000, 18_000],
    [3, 18_000, 24_000],
  ]);
  expect(segments[0]?.text).toBe(
    'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n00:00:01.000 --> 00:00:02.500\nIt was late.\n\n00:00:05.000 --> 00:00:07.000\nWe went home then.\n',
  );
  expect(segments[1]?.text).toContain('We went home then.');
  expect(segments[2]?.text).toBe('WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n');
  for (const { text } of segments) {
    // The parser knows no header lines of HLS.
    expect(new webvtt.WebVTTParser().parse(text.replace(/X-TIMESTAMP.*\n/, '')).errors).toEqual([]);
  }
});

it('writes no segment without sentences', async () => {
  expect(await segmentsOf([])).toEqual([]);
});

it('writes nothing endless for invalid times', async () => {
  await expect(segmentsOf([finalSentence('It was late.', 1e13, 1e13 + 1000)])).rejects.toMatchObject({
    code: 'E_OPTION',
  });
});

it('refuses invalid options', () => {
  expect(() => vttSegments({ durationMs: 1 })).toThrow(/durationMs/);
  expect(() => vttSegments({ maxLineCount: 3 as 2 })).toThrow(/maxLineCount/);
});
