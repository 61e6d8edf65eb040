import type { Problem, SubtitleFile, SubtitleFormat } from './file/subtitle-file.ts';
import { type CueView, type Scene, viewOf } from './rules/cue-view.ts';
import type { Rule, RuleId, Severity, Violation } from './rules/rule.ts';
import { RULES } from './rules/rules.ts';
import type { Profile } from '../profiles/profile.ts';

/** Something in a file that a rule does not allow. */
export interface Finding {
  /** From 1. */
  readonly line: number;
  /** From 1; null when it is not about a cue. */
  readonly cue: number | null;
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly value: number | string;
  readonly limit: number | string;
  /** One line. */
  readonly message: string;
}

/** Finds everything in a file that the rules do not allow, in the order of its lines. */
export function findingsOf(
  file: SubtitleFile,
  problems: readonly Problem[],
  profile: Profile,
  strict: boolean,
): Finding[] {
  const views = file.cues.map((cue) => viewOf(cue, file.format, profile));
  const findings = [
    ...problems.map((problem) => findingOf(problem, views)),
    ...views.flatMap((_, index) => cueFindings(sceneAt(views, index, profile, file.format), index, strict)),
  ];
  return findings.sort((a, b) => a.line - b.line);
}

/** The cue at an index with its neighbours. */
export function sceneAt(
  views: readonly CueView[],
  index: number,
  profile: Profile,
  format: SubtitleFormat,
): Scene {
  const cue = views[index];
  if (!cue) throw new RangeError(`no cue ${index}`);
  return { cue, previous: views[index - 1], next: views[index + 1], profile, format };
}

/** How serious a violation of a rule is. */
export function severityOf({ severity }: Rule, strict: boolean): Severity {
  return strict ? 'error' : severity;
}

function cueFindings(scene: Scene, index: number, strict: boolean): Finding[] {
  const { line } = scene.cue.cue;
  return RULES.flatMap((rule) =>
    rule.check(scene).map(({ value, limit, message, textLine }: Violation) => ({
      line: textLine === undefined || textLine < 0 ? line : line + 1 + textLine,
      cue: index + 1,
      rule: rule.id,
      severity: severityOf(rule, strict),
      value,
      limit,
      message,
    })),
  );
}

function findingOf({ rule, line, value, limit, message }: Problem, views: readonly CueView[]): Finding {
  const index = cueAt(line, views);
  return { line, cue: index === -1 ? null : index + 1, rule, severity: 'error', value, limit, message };
}

/** Index of the cue with a line: its number or identifier, its times or its text. -1 when there is none. */
function cueAt(line: number, views: readonly CueView[]): number {
  // The lines of the cues rise. The search halves the range, because a file may have very many problems.
  let low = 0;
  let high = views.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((views[middle]?.cue.line ?? 0) - 1 <= line) low = middle + 1;
    else high = middle;
  }
  const found = views[low - 1]?.cue;
  return found && line <= found.line + found.lines.length ? low - 1 : -1;
}
