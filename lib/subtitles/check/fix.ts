import type { Profile } from '../profiles/profile.ts';
import { formatFile } from './file/format-file.ts';
import { visibleText } from './file/markup.ts';
import type { FileCue, SubtitleFile, SubtitleFormat } from './file/subtitle-file.ts';
import { sceneAt } from './findings.ts';
import { type Checked, lint, type LintOptions } from './lint.ts';
import { mergeEqualStarts } from './repairs/merge-starts.ts';
import { repairEnd } from './repairs/repair-end.ts';
import { repairLines } from './repairs/repair-lines.ts';
import { type CueView, viewOf } from './rules/cue-view.ts';

/** Options of a repair. */
export interface FixOptions extends LintOptions {
  /** Line ends. @default those of the file, LF when it has several */
  readonly newline?: 'lf' | 'crlf' | undefined;
  /** Whether the file begins with a byte order mark. @default as before */
  readonly bom?: boolean | undefined;
}

/** A file after its repair. */
export interface Fixed {
  /** What is left to repair. */
  readonly checked: Checked;
  /** The bytes to write; undefined when the file stays as it is. */
  readonly bytes: Uint8Array | undefined;
  /** Why the file stays as it is. */
  readonly reason?: string;
}

/**
 * Repairs what can be repaired without a change to any word or any start. A file with errors of its syntax that cannot be
 * repaired stays as it is.
 */
export function fix(bytes: Uint8Array, format: SubtitleFormat, options: FixOptions): Fixed {
  const { newline, bom, ...limits } = options;
  const before = lint(bytes, format, limits);
  if (!before.file || before.problems.some(({ isLoss }) => isLoss))
    return { checked: before, bytes: undefined, reason: UNREPAIRABLE };
  const file = {
    ...before.file,
    hasBom: bom ?? (before.file.hasBom && !isUtf16(before)),
    newline: newline === undefined ? before.file.newline : NEWLINES[newline],
  };
  const ways = [
    { cues: sorted(file.cues), merges: true },
    { cues: sorted(file.cues), merges: false },
    { cues: file.cues, merges: false },
  ];
  for (const { cues, merges } of ways) {
    const kept = withoutEmptyCues({ ...file, cues });
    const merged = merges ? { ...kept, cues: mergeEqualStarts(kept.cues, format) } : kept;
    const repaired = repairedFile(merged, before.profile, options.strict === true);
    const written = new TextEncoder().encode(formatFile(repaired));
    const after = lint(written, format, limits);
    const isKept = after.file !== undefined && wordsOf(after.file) === wordsOf({ ...file, cues });
    if (isKept && after.problems.length === 0 && errorsIn(after) <= errorsIn(before))
      return { checked: after, bytes: written };
  }
  return { checked: before, bytes: undefined, reason: UNREPAIRABLE };
}

const UNREPAIRABLE = 'its syntax or encoding cannot be repaired without a loss';

const NEWLINES = { lf: '\n', crlf: '\r\n' } as const;

function isUtf16({ problems }: Checked): boolean {
  return problems.some(({ rule }) => rule === 'encoding');
}

/** The cues in the order of their starts. Cues with the same start keep their order. */
function sorted(cues: readonly FileCue[]): FileCue[] {
  return cues.toSorted((a, b) => a.startMs - b.startMs);
}

function repairedFile(file: SubtitleFile, profile: Profile, strict: boolean): SubtitleFile {
  const views = file.cues.map((cue) => viewOf(cue, file.format, profile));
  // From the end: each cue is judged beside the final form of the next one.
  for (let index = views.length - 1; index >= 0; index -= 1)
    repairCue(views, index, file.format, profile, strict);
  return { ...file, cues: views.map(({ cue }) => cue) };
}

/** Repairs a cue until nothing changes. Each repair reduces the number of findings, so that this ends. */
function repairCue(
  views: CueView[],
  index: number,
  format: SubtitleFormat,
  profile: Profile,
  strict: boolean,
): void {
  for (let hasChanged = true; hasChanged; ) {
    hasChanged = false;
    for (const repair of [repairEnd, repairLines]) {
      const scene = sceneAt(views, index, profile, format);
      const repaired = repair(scene, strict);
      if (repaired === scene.cue) continue;
      views[index] = repaired;
      hasChanged = true;
    }
  }
}

/** Removes cues without text. Blocks before such a cue stay in their place. */
function withoutEmptyCues(file: SubtitleFile): SubtitleFile {
  const { cues, trailer, format } = file;
  const kept: FileCue[] = [];
  let blocks: FileCue['blocks'] = [];
  for (const cue of cues) {
    const isEmpty = visibleText(cue.lines.join(''), format).trim() === '';
    blocks = [...blocks, ...cue.blocks];
    if (isEmpty) continue;
    kept.push({ ...cue, blocks });
    blocks = [];
  }
  return { ...file, cues: kept, trailer: [...blocks, ...trailer] };
}

/**
 * All words of a file with the starts of their cues, without the white space between them. Cues that follow each other with
 * the same start count as one.
 */
function wordsOf({ cues, format }: SubtitleFile): string {
  let words = '';
  let lastStart: number | undefined;
  for (const { startMs, lines } of cues) {
    const text = visibleText(lines.join(''), format).replaceAll(/\s/gu, '');
    if (text === '') continue;
    words += startMs === lastStart ? text : `\n${startMs} ${text}`;
    lastStart = startMs;
  }
  return words;
}

function errorsIn({ findings }: Checked): number {
  return findings.filter(({ severity }) => severity === 'error').length;
}
