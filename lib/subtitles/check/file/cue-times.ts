/** The line of times of a cue. */
export interface CueTimes {
  readonly startMs: number;
  readonly endMs: number;
  readonly settings: string;
  /** Whether it is written as the format asks for. */
  readonly isStrict: boolean;
}

const STRICT_SRT = /^\d{2,}:\d\d:\d\d,\d{3} --> \d{2,}:\d\d:\d\d,\d{3}(\s+\S.*)?\s*$/;

/** Times as other programs write them: with a point or a comma, without leading zeros, with or without hours. */
const LENIENT =
  /^\s*(?:(\d+):)?([0-5]?\d):([0-5]?\d)[,.](\d{3})\s*-->\s*(?:(\d+):)?([0-5]?\d):([0-5]?\d)[,.](\d{3})(?:\s+(.*))?\s*$/;

/** Whether a line contains the arrow between two times. In WebVTT it is a line of times then. */
export function hasArrow(line: string): boolean {
  return line.includes('-->');
}

/** Reads a line of times; undefined when it cannot be read. */
export function parseTimes(line: string): CueTimes | undefined {
  const match = LENIENT.exec(line);
  if (!match) return undefined;
  const [, h1, m1, s1, ms1, h2, m2, s2, ms2, settings = ''] = match;
  return {
    startMs: milliseconds(h1, m1, s1, ms1),
    endMs: milliseconds(h2, m2, s2, ms2),
    settings: settings.trim(),
    isStrict: STRICT_SRT.test(line),
  };
}

function milliseconds(hours = '0', minutes = '0', seconds = '0', ms = '0'): number {
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(ms);
}
