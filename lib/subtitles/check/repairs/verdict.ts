import { severityOf } from '../findings.ts';
import type { Scene } from '../rules/cue-view.ts';
import type { RuleId } from '../rules/rule.ts';
import { RULES } from '../rules/rules.ts';

/** How often a cue breaks each rule. */
export interface Verdict {
  readonly errors: ReadonlyMap<RuleId, number>;
  readonly warnings: ReadonlyMap<RuleId, number>;
}

/** Judges a cue by all rules. */
export function verdictOn(scene: Scene, strict: boolean): Verdict {
  const errors = new Map<RuleId, number>();
  const warnings = new Map<RuleId, number>();
  for (const rule of RULES) {
    const count = rule.check(scene).length;
    if (count > 0) (severityOf(rule, strict) === 'error' ? errors : warnings).set(rule.id, count);
  }
  return { errors, warnings };
}

/**
 * Whether a repair may be made: it removes an error and makes no error rule worse, or it removes a warning and makes no rule
 * worse. An error may leave a warning behind, because an overlap is worse than a short cue.
 */
export function isImprovement(before: Verdict, after: Verdict): boolean {
  if (!isNoWorse(before.errors, after.errors)) return false;
  if (total(after.errors) < total(before.errors)) return true;
  return isNoWorse(before.warnings, after.warnings) && total(after.warnings) < total(before.warnings);
}

/** Orders verdicts from the best to the worst. */
export function compareVerdicts(a: Verdict, b: Verdict): number {
  return total(a.errors) - total(b.errors) || total(a.warnings) - total(b.warnings);
}

function isNoWorse(before: ReadonlyMap<RuleId, number>, after: ReadonlyMap<RuleId, number>): boolean {
  return [...after].every(([rule, count]) => count <= (before.get(rule) ?? 0));
}

function total(counts: ReadonlyMap<RuleId, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
