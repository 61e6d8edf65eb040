import type { CueView, Scene } from '../rules/cue-view.ts';
import { compareVerdicts, isImprovement, verdictOn } from './verdict.ts';

/** Another form of a cue. */
export interface Candidate {
  readonly cue: CueView;
  /** Decides between candidates that break equally few rules: the first difference counts, less is better. */
  readonly cost: readonly number[];
}

/** Chooses the candidate that breaks the fewest rules; the cue itself when none of them is an improvement. */
export function best(scene: Scene, candidates: readonly Candidate[], strict: boolean): CueView {
  const before = verdictOn(scene, strict);
  if (before.errors.size + before.warnings.size === 0) return scene.cue;
  const judged = candidates.map((candidate) => ({
    candidate,
    verdict: verdictOn({ ...scene, cue: candidate.cue }, strict),
  }));
  const [first] = judged
    .filter(({ verdict }) => isImprovement(before, verdict))
    .sort((a, b) => compareVerdicts(a.verdict, b.verdict) || compare(a.candidate.cost, b.candidate.cost));
  return first?.candidate.cue ?? scene.cue;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((cost, index) => cost !== b[index]);
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
