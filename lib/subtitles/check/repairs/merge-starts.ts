import { lastInnerTime, markupParts } from '../file/markup.ts';
import type { FileCue, SubtitleFormat } from '../file/subtitle-file.ts';

/**
 * Merges cues that follow each other and have the same start: a start never moves, so that no end could separate them. The text
 * of each stays on lines of its own, in the order of the file. Cues that are shown at different places stay apart, and so do
 * cues with times of words.
 */
export function mergeEqualStarts(cues: readonly FileCue[], format: SubtitleFormat): FileCue[] {
  const merged: FileCue[] = [];
  for (const cue of cues) {
    const last = merged.at(-1);
    if (last && mayMerge(last, cue)) merged.splice(-1, 1, together(last, cue, format));
    else merged.push(cue);
  }
  return merged;
}

function mayMerge(one: FileCue, other: FileCue): boolean {
  if (one.startMs !== other.startMs || one.settings !== other.settings) return false;
  // Styles of a page may name an identifier. A number only counts the cues.
  if ([one, other].every(({ id }) => id !== undefined && !/^\d+$/.test(id))) return false;
  const texts = [one, other].map(({ lines }) => lines.join('\n'));
  return texts.every((text) => lastInnerTime(text) < 0) && new Set(texts.map(positionOf)).size === 1;
}

/** The mark that places a cue, such as `{\an8}`; undefined without one. */
function positionOf(text: string): string | undefined {
  return /\{\\(?:an?\d+|pos\([^)]*\))/i.exec(text)?.[0];
}

function together(one: FileCue, other: FileCue, format: SubtitleFormat): FileCue {
  const named = [one, other].find(({ id }) => id !== undefined && !/^\d+$/.test(id));
  const id = named?.id ?? one.id ?? other.id;
  return {
    ...one,
    ...(id !== undefined && { id }),
    endMs: Math.max(one.endMs, other.endMs),
    lines: [...closed(one.lines, format), ...other.lines],
    blocks: [...one.blocks, ...other.blocks],
  };
}

/** Lines whose tags are closed, so that they have no effect on the lines after them. */
function closed(lines: readonly string[], format: SubtitleFormat): string[] {
  const open: string[] = [];
  for (const { raw, visible } of markupParts(lines.join('\n'), format)) {
    const [, slash, name = ''] = (visible === '' && /^<(\/?)([a-z]+)/i.exec(raw)) || [];
    if (name === '') continue;
    if (slash === '') open.push(name);
    else if (open.includes(name)) open.splice(open.lastIndexOf(name));
  }
  const ends = open
    .toReversed()
    .map((name) => `</${name}>`)
    .join('');
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ''}${ends}`];
}
