import { lastInnerTime } from '../file/markup.ts';
import { type CueView, type Scene, withEnd } from '../rules/cue-view.ts';
import { best } from './best.ts';

/**
 * Repairs when a cue ends: overlaps, cues that stay too short or too long, gaps. Its start never moves.
 * @returns The cue, with another end when that breaks fewer rules.
 */
export function repairEnd(scene: Scene, strict: boolean): CueView {
  const { cue } = scene;
  const earliest = Math.max(cue.startMs, lastInnerTime(cue.cue.lines.join('\n')));
  // No repair makes an overlap longer.
  const latest = Math.max(cue.endMs, scene.next?.startMs ?? Infinity);
  const ends = possibleEnds(scene).filter((end) => end > earliest && end <= latest && end !== cue.endMs);
  const candidates = ends.map((endMs) => ({ cue: withEnd(cue, endMs), cost: [Math.abs(endMs - cue.endMs)] }));
  return best(scene, candidates, strict);
}

/** The ends that a repair may give: an earlier one, or a later one where a rule asks for it. */
function possibleEnds({ cue, next, profile }: Scene): number[] {
  const { startMs, endMs, widths, durationMs } = cue;
  const { minCueDurationMs, maxCueDurationMs, minGapMs, readingSpeed, maxExtensionMs } = profile;
  const ends = [startMs + minCueDurationMs];
  if (durationMs > maxCueDurationMs) ends.push(startMs + maxCueDurationMs);
  // A cue without duration gets the time that a viewer needs. Other cues are not extended for the reading speed: the end of
  // their last word is not known, and a cue may stay only a short time after it.
  if (durationMs <= 0) {
    const width = widths.reduce((total, one) => total + one, 0);
    const neededMs = Math.max(minCueDurationMs, Math.ceil((width * 1000) / readingSpeed));
    ends.push(startMs + Math.min(neededMs, maxCueDurationMs));
  }
  if (next && (next.startMs - endMs <= maxExtensionMs || durationMs < minCueDurationMs))
    ends.push(next.startMs - minGapMs, next.startMs);
  return ends;
}
