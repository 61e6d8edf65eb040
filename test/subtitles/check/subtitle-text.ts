import { srtTimestamp, vttTimestamp } from '../../../lib/subtitles/timestamp.ts';

/** Start and end in ms, and the text with its line breaks. */
export type TestCue = readonly [startMs: number, endMs: number, text: string];

/** An SRT file. */
export function srtFile(...cues: readonly TestCue[]): string {
  return cues
    .map(
      ([start, end, text], index) =>
        `${index + 1}\n${srtTimestamp(start)} --> ${srtTimestamp(end)}\n${text}\n\n`,
    )
    .join('');
}

/** A WebVTT file. */
export function vttFile(...cues: readonly TestCue[]): string {
  const blocks = cues.map(
    ([start, end, text]) => `\n${vttTimestamp(start)} --> ${vttTimestamp(end)}\n${text}\n`,
  );
  return `WEBVTT\n${blocks.join('')}`;
}
