import { type CueTimes, hasArrow, parseTimes } from './cue-times.ts';
import { newlineOf, splitLines } from './decode-text.ts';
import type { FileCue, Problem, Reading } from './subtitle-file.ts';

/** Reads SRT. The format has no standard: this is what all players read. Lines that they would lose are problems. */
export function readSrt(text: string, hasBom: boolean): Reading {
  const reader = new SrtReader(splitLines(text));
  reader.read();
  const { cues, problems } = reader;
  return {
    file: { format: 'srt', hasBom, newline: newlineOf(text), header: [], preamble: [], cues, trailer: [] },
    problems,
  };
}

/** Whether a line is meant as the line of times of a cue: a number is beside the arrow. */
function isTimeLine(line: string): boolean {
  return /\d\s*-->|-->\s*-?\d/.test(line);
}

class SrtReader {
  readonly cues: FileCue[] = [];
  readonly problems: Problem[] = [];
  readonly #lines: readonly string[];
  #at = 0;
  #number = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  read(): void {
    while (this.#at < this.#lines.length) {
      if (this.#isBlank(this.#at)) this.#at += 1;
      else if (this.#startsCue(this.#at)) this.#readCue();
      else this.#skipText();
    }
  }

  #readCue(): void {
    this.#readNumber();
    const line = this.#at + 1;
    const timeLine = this.#line(this.#at);
    const times = parseTimes(timeLine);
    this.#at += 1;
    if (times) this.#checkTimes(times, timeLine, line);
    else this.#add(line, timeLine, TIME_FORM, 'the times cannot be read', true);
    const lines = this.#readText();
    if (times) this.cues.push({ line, ...pickTimes(times), lines, blocks: [] });
  }

  /** Cues are numbered from 1 in steps of 1. After a wrong number the count continues from it: each jump is one problem. */
  #readNumber(): void {
    const line = this.#line(this.#at);
    const expected = this.#number + 1;
    if (isTimeLine(line)) {
      this.#add(this.#at + 1, '', expected, 'the cue has no number', false);
      this.#number = expected;
      return;
    }
    this.#number = Number(line);
    if (this.#number !== expected) {
      const message = `the cue number is ${this.#number}, must be ${expected}`;
      this.#add(this.#at + 1, this.#number, expected, message, false);
    }
    this.#at += 1;
  }

  #readText(): string[] {
    const lines: string[] = [];
    for (; this.#at < this.#lines.length && !this.#isBlank(this.#at); this.#at += 1) {
      if (this.#startsCue(this.#at)) {
        this.#add(this.#at + 1, '', 'empty line', 'no empty line before the cue', false);
        break;
      }
      const line = this.#line(this.#at);
      if (hasArrow(line))
        this.#add(
          this.#at + 1,
          '-->',
          'text',
          'the text contains -->, which belongs to lines of times',
          true,
        );
      lines.push(line);
    }
    return lines;
  }

  #skipText(): void {
    this.#add(this.#at + 1, '', 'cue', 'text outside a cue, which players do not show', true);
    while (this.#at < this.#lines.length && !this.#isBlank(this.#at) && !this.#startsCue(this.#at))
      this.#at += 1;
  }

  #checkTimes({ isStrict }: CueTimes, timeLine: string, line: number): void {
    if (!isStrict) this.#add(line, timeLine, TIME_FORM, `the times must have the form ${TIME_FORM}`, false);
  }

  /** Whether a cue begins at a line: with its number, or without one. */
  #startsCue(index: number): boolean {
    if (isTimeLine(this.#line(index))) return true;
    return /^\s*\d{1,9}\s*$/.test(this.#line(index)) && isTimeLine(this.#line(index + 1));
  }

  #isBlank(index: number): boolean {
    return this.#line(index).trim() === '';
  }

  #line(index: number): string {
    return this.#lines[index] ?? '';
  }

  #add(line: number, value: number | string, limit: number | string, message: string, isLoss: boolean): void {
    this.problems.push({ rule: 'syntax', line, value, limit, message, isLoss });
  }
}

const TIME_FORM = '00:00:01,000 --> 00:00:02,000';

function pickTimes({ startMs, endMs, settings }: CueTimes): Pick<FileCue, 'startMs' | 'endMs' | 'settings'> {
  return { startMs, endMs, settings };
}
