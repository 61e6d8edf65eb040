import { charactersOf, widthOf } from '../../cues/characters.ts';
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
  const { startMs, endMs } = cue;
  const lines = cue.lines.map((line) => visibleText(line, format));
  const widths = lines.map((line) => widthOf(charactersOf(line, profile)));
  return {
    cue,
    startMs,
    endMs,
    durationMs: endMs - startMs,
    lines,
    widths,
    isDialogue: isDialogue(cue.lines, lines),
  };
}

/** A line that begins with a dash, or with a name such as `Ann: `. */
const SPEAKER_LINE = /^\s*(?:[-‐–—－]|\p{Lu}[^:：]{0,30}[:：])/u;

function isDialogue(raw: readonly string[], visible: readonly string[]): boolean {
  const later = visible.slice(1);
  return raw.slice(1).some((line) => line.includes('<v')) || later.some((line) => SPEAKER_LINE.test(line));
}
