import { readSrt } from './read-srt.ts';
import { readVtt } from './read-vtt.ts';
import type { Problem, Reading, SubtitleFormat } from './subtitle-file.ts';

/** The first line of WebVTT. */
const SIGNATURE = /^WEBVTT(?:[ \t\r\n]|$)/;

const WRONG_NAME: Problem = {
  rule: 'syntax',
  line: 1,
  value: 'WebVTT',
  limit: 'SRT',
  message: 'the content is WebVTT, not SRT: change the extension to .vtt',
  isLoss: true,
};

/** Reads a subtitle file. WebVTT with the name of SRT is one problem: it is read as what it is, because SRT would lose parts. */
export function readSubtitles(text: string, format: SubtitleFormat, hasBom: boolean): Reading {
  if (format === 'vtt') return readVtt(text, hasBom);
  if (!SIGNATURE.test(text)) return readSrt(text, hasBom);
  const { file, problems } = readVtt(text, hasBom);
  return { file, problems: [WRONG_NAME, ...problems] };
}
