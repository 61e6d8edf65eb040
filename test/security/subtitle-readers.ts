/** A cue as players take it. */
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
 * Reads SRT as forgiving players do: whatever looks like times begins a cue, whether or not a number or an empty line
 * stands before it, and any line end is one.
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

/** Reads WebVTT as its standard says: a line with an arrow begins a cue wherever it stands, and tags are no text. */
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
