import { charactersOf, widthOf } from '../../words/characters.ts';
import type { Profile } from '../../profiles/profile.ts';
import { visibleText } from '../file/markup.ts';
import type { FileCue, SubtitleFormat } from '../file/subtitle-file.ts';

/** A cue as a viewer sees it: without tags. */
export interface CueView {
  readonly cue: FileCue;
  readonly startMs: number;
  readonly endMs: number;
  readonly durationMs: number;
  readonly lines: readonly string[];
  /** Of each line, in half-width units. */
  readonly widths: readonly number[];
  /** Whether each line belongs to another speaker. Such lines are not joined or compared. */
  readonly isDialogue: boolean;
}

/** A cue between its neighbours, with the limits that apply to it. */
export interface Scene {
  readonly cue: CueView;
  readonly previous: CueView | undefined;
  readonly next: CueView | undefined;
  readonly profile: Profile;
  readonly format: SubtitleFormat;
}

/** Measures a cue. */
export function viewOf(cue: FileCue, format: SubtitleFormat, profile: Profile): CueView {
  const lines = cue.lines.map((line) => visibleText(line, format));
  const widths = lines.map((line) => widthOf(charactersOf(line, profile)));
  const { startMs, endMs } = cue;
  const durationMs = endMs - startMs;
  return { cue, startMs, endMs, durationMs, lines, widths, isDialogue: isDialogue(cue.lines, lines) };
}

/** The same cue with another end. */
export function withEnd(view: CueView, endMs: number): CueView {
  return { ...view, cue: { ...view.cue, endMs }, endMs, durationMs: endMs - view.startMs };
}

/** A line of a cue that was measured. */
export interface MeasuredLine {
  /** With tags. */
  readonly raw: string;
  readonly visible: string;
  readonly width: number;
}

/** The same cue with its text in other lines. It is not measured again, because that takes long. */
export function withLines(view: CueView, measured: readonly MeasuredLine[]): CueView {
  const raw = measured.map((line) => line.raw);
  const lines = measured.map(({ visible }) => visible);
  const widths = measured.map(({ width }) => width);
  const cue = { ...view.cue, lines: raw };
  return { ...view, cue, lines, widths, isDialogue: isDialogue(raw, lines) };
}

/** A line that begins with a dash belongs to another speaker than the line before. */
const DASH_LINE = /^\s*[-‐–—－]/;

/** When several lines begin with a name such as `Ann: `, each has a speaker. */
const NAME_LINE = /^\s*\p{L}[^:：]{0,30}[:：]/u;

function isDialogue(raw: readonly string[], [first = '', ...later]: readonly string[]): boolean {
  if (raw.slice(1).some((line) => line.includes('<v'))) return true;
  if (later.some((line) => DASH_LINE.test(line))) return true;
  return NAME_LINE.test(first) && later.some((line) => NAME_LINE.test(line));
}
