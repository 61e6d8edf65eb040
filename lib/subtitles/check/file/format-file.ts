import { srtTimestamp, vttTimestamp } from '../../timestamp.ts';
import type { Block, FileCue, SubtitleFile } from './subtitle-file.ts';

/** Formats a file. Each cue of SRT ends with an empty line, each block of WebVTT begins with one. */
export function formatFile({
  format,
  hasBom,
  newline,
  header,
  preamble,
  cues,
  trailer,
}: SubtitleFile): string {
  const lines =
    format === 'srt'
      ? cues.flatMap(srtLines)
      : [...header, ...blockLines(preamble), ...cues.flatMap(vttLines), ...blockLines(trailer)];
  return (hasBom ? '\uFEFF' : '') + lines.map((line) => line + newline).join('');
}

function srtLines({ startMs, endMs, settings, lines }: FileCue, index: number): string[] {
  const times = `${srtTimestamp(startMs)} --> ${srtTimestamp(endMs)}`;
  return [String(index + 1), withSettings(times, settings), ...lines, ''];
}

function vttLines({ id, startMs, endMs, settings, lines, blocks }: FileCue): string[] {
  const times = withSettings(`${vttTimestamp(startMs)} --> ${vttTimestamp(endMs)}`, settings);
  const text = lines.map(escapeAmpersands);
  return [...blockLines(blocks), '', ...(id === undefined ? [] : [id]), times, ...text];
}

function blockLines(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => ['', ...block]);
}

function withSettings(times: string, settings: string): string {
  return settings === '' ? times : `${times} ${settings}`;
}

/** Escapes each `&` that does not begin an escape: it is not valid, and it is shown in the same way. */
function escapeAmpersands(line: string): string {
  return line.replaceAll(/&(?!(?:amp|lt|gt|nbsp|lrm|rlm|quot|[a-z]{2,8}\d*|#\d+|#x[\da-f]+);)/gi, '&amp;');
}
