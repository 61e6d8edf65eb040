import webvtt, { type WebVTTError } from 'webvtt-parser';
import { hasArrow, parseTimes } from './cue-times.ts';
import { newlineOf, splitLines } from './decode-text.ts';
import type { Block, FileCue, Problem, Reading } from './subtitle-file.ts';

/**
 * Reads WebVTT. The parser of the W3C decides what is valid. It drops comments and the text of settings, and its cues have no
 * line numbers: the blocks are found here, so that a file can be written again.
 */
export function readVtt(text: string, hasBom: boolean): Reading {
  const lines = splitLines(text);
  const headerEnd = endOfHeader(lines);
  const header = lines.slice(0, headerEnd);
  const cues: FileCue[] = [];
  const problems: Problem[] = [];
  let preamble: readonly Block[] = [];
  let blocks: Block[] = [];
  for (const { first, block } of blocksOf(lines, headerEnd)) {
    const cue = cueOf(first, block);
    if (cue) {
      if (cues.length === 0) preamble = blocks;
      cues.push({ ...cue, blocks: cues.length === 0 ? [] : blocks });
      blocks = [];
    } else {
      blocks.push(block);
    }
  }
  problems.push(...validate(lines, headerEnd, cues));
  const file = { format: 'vtt' as const, hasBom, newline: newlineOf(text), preamble, cues, trailer: blocks };
  return { file: { ...file, header: header.length > 0 ? header : ['WEBVTT'] }, problems };
}

/** Number of lines of the header; 0 when there is none. */
function endOfHeader(lines: readonly string[]): number {
  if (!/^WEBVTT(?:[ \t]|$)/.test(lines[0] ?? '')) return 0;
  const end = lines.findIndex((line) => line === '' || hasArrow(line));
  return end === -1 ? lines.length : end;
}

/** The blocks between empty lines. A line of times begins a block also where the empty line is missing. */
function* blocksOf(
  lines: readonly string[],
  headerEnd: number,
): Generator<{ first: number; block: string[] }> {
  let block: string[] = [];
  let first = 0;
  let hasTimes = false;
  for (let index = headerEnd; index <= lines.length; index += 1) {
    const line = lines[index] ?? '';
    const isSecondCue = hasTimes && hasArrow(line);
    if ((line === '' || isSecondCue) && block.length > 0) {
      // A number before the times of the next cue is its identifier.
      const id =
        isSecondCue && block.length > 2 && /^\d+$/.test(block.at(-1) ?? '') ? block.pop() : undefined;
      yield { first, block };
      block = id === undefined ? [] : [id];
      first = index - 1;
      hasTimes = false;
    }
    if (line === '') continue;
    if (block.length === 0) first = index;
    if (block.length < 2 && hasArrow(line)) hasTimes = true;
    block.push(line);
  }
}

/** The cue in a block; undefined when it is another block. */
function cueOf(first: number, block: Block): Omit<FileCue, 'blocks'> | undefined {
  const at = block.findIndex(hasArrow);
  const times = at === 0 || at === 1 ? parseTimes(block[at] ?? '') : undefined;
  if (!times || isComment(block)) return undefined;
  const { startMs, endMs, settings } = times;
  const id = at === 1 ? block[0] : undefined;
  return { line: first + at + 1, id, startMs, endMs, settings, lines: block.slice(at + 1) };
}

function isComment([first = '']: Block): boolean {
  return /^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/.test(first);
}

/** Errors of the parser that are rules of their own here. */
const OTHER_RULES =
  /^(?:Start timestamp is not greater than or equal|End timestamp is not greater than start timestamp)/;

/** Errors after which a part of the file does not belong to any cue. */
const LOSSES = /standalone|needs to be followed by timestamp/;

/** Errors that the parser reports on the line after the one that they are about. */
const REPORTED_LATE = /standalone|needs to be followed by timestamp|^Style blocks/;

function validate(lines: readonly string[], headerEnd: number, cues: readonly FileCue[]): Problem[] {
  const { errors } = new webvtt.WebVTTParser().parse(withoutExtensions(lines, headerEnd).join('\n'));
  const cuesByEnd = new Map(cues.map((cue) => [cue.line + cue.lines.length + 1, cue]));
  const seen = new Set<string>();
  return errors.flatMap((error) => {
    const { message } = error;
    const isInText = error.col !== undefined && !hasArrow(lines[error.line - 1] ?? '');
    const line = isInText
      ? textLine(error, cuesByEnd.get(error.line))
      : error.line - (REPORTED_LATE.test(message) ? 1 : 0);
    const key = `${line} ${message}`;
    if (OTHER_RULES.test(message) || seen.has(key)) return [];
    seen.add(key);
    const value = (lines[line - 1] ?? '').trim();
    const isLoss = LOSSES.test(message);
    return [{ rule: 'syntax' as const, line, value, limit: 'WebVTT', message: sentence(message), isLoss }];
  });
}

/** The line of an error in the text of a cue. The parser reports the line after the text, and the column in all of it. */
function textLine({ line, col = 1 }: WebVTTError, cue: FileCue | undefined): number {
  if (!cue) return line;
  const before = cue.lines.join('\n').slice(0, Math.max(0, col - 2));
  return cue.line + before.split('\n').length;
}

/** Hides what the parser does not know: further lines of the header, and regions. The numbers of the lines stay. */
function withoutExtensions(lines: readonly string[], headerEnd: number): string[] {
  let isRegion = false;
  return lines.map((line, index) => {
    if (index > 0 && index < headerEnd) return '';
    if (index >= headerEnd && /^REGION(?:[ \t]|$)/.test(line) && (lines[index - 1] ?? '') === '')
      isRegion = true;
    if (line === '') isRegion = false;
    if (isRegion) return line.startsWith('REGION') ? 'NOTE' : line;
    return hasArrow(line) ? line.replaceAll(/[ \t]+region:\S+/g, '') : line;
  });
}

function sentence(message: string): string {
  const text = message.replace(/\.$/, '');
  return `${text[0]?.toLowerCase() ?? ''}${text.slice(1)}`;
}
