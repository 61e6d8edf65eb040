/** A cue as a player reads it. */
export interface Cue {
  /** In ms. */
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

const milliseconds = (time: string): number => {
  const [seconds = 0, minutes = 0, hours = 0] = time.replace(',', '.').split(':').map(Number).toReversed();
  return Math.round(((hours * 60 + minutes) * 60 + seconds) * 1000);
};

/**
 * Reads SRT as tolerant players do: a line with times starts a cue, with or without a number or an empty line before it,
 * and any line end is accepted.
 */
export function readSrt(file: string): Cue[] {
  const cues: { start: number; end: number; lines: string[] }[] = [];
  const lines = file.split(/\r\n|[\n\r]/);
  lines.forEach((line, at) => {
    const times = /^\s*(\d+:\d+:\d+[,.]\d+)\s*--+>\s*(\d+:\d+:\d+[,.]\d+)/.exec(line);
    const isNumber = /^\d+$/.test(line) && /--+>/.test(lines[at + 1] ?? '');
    if (times)
      cues.push({ start: milliseconds(times[1] ?? ''), end: milliseconds(times[2] ?? ''), lines: [] });
    else if (line !== '' && !isNumber) cues.at(-1)?.lines.push(line);
  });
  return cues;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };

/** Reads WebVTT according to its standard: a line with an arrow starts a cue anywhere, and tags are removed. */
export function readVtt(file: string): Cue[] {
  const [head, ...blocks] = file
    .replaceAll('\0', '\ufffd')
    .replaceAll(/\r\n|\r/g, '\n')
    .split(/\n{2,}/);
  if (head !== 'WEBVTT') throw new Error(`no header: ${head}`);
  return blocks.flatMap((block) => {
    const cues: { start: number; end: number; lines: string[] }[] = [];
    for (const line of block.split('\n')) {
      const [start, end] = line.split('-->').map((time) => milliseconds(time.trim().split(' ')[0] ?? ''));
      if (start !== undefined && end !== undefined) cues.push({ start, end, lines: [] });
      else cues.at(-1)?.lines.push(plain(line));
    }
    if (cues.length !== 1) throw new Error(`a block with ${cues.length} cues: ${block}`);
    return cues;
  });
}

function plain(line: string): string {
  return line
    .replaceAll(/<[^>]*>?/g, '')
    .replaceAll(/&(amp|lt|gt);/g, (_, name: string) => ENTITIES[name] ?? '');
}
