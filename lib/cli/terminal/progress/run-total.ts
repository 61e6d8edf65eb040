import stringWidth from 'string-width';
import { formatDuration } from '../format.ts';
import type { ActiveRecording } from './progress-bar.ts';
import { truncate } from '../truncate.ts';

/** How far a run is. */
export interface RunTotal {
  /** Number of recordings to process. */
  total: number;
  /** Recordings that are finished, failed or interrupted. */
  ended: number;
  /** Audio of these recordings, in ms. */
  endedMs: number;
  /** Audio that earlier runs had processed, in ms. */
  doneMs: number;
  /** Start of the run, from `performance.now()`. */
  readonly startedAt: number;
}

/** Audio that must be processed before the time that is left is estimated, in ms of work. */
const WARM_UP_MS = 3000;

/**
 * Formats how far a run is: `total 12 of 200, 1:02:03 of ~5:00:00, 12:00 left`, at most `width` columns wide. The length
 * of recordings that are not begun is estimated by the mean of the others.
 * @param now From `performance.now()`.
 */
export function runTotalText(
  { total, ended, endedMs, doneMs, startedAt }: RunTotal,
  active: readonly ActiveRecording[],
  width: number,
  now: number,
): string {
  const lengths = active.flatMap(({ durationMs }) => (durationMs === undefined ? [] : [durationMs]));
  const known = ended + lengths.length;
  const meanMs = known === 0 ? 0 : (endedMs + sum(lengths)) / known;
  const processedMs = endedMs + sum(active.map(({ audioMs }) => audioMs));
  const allMs = Math.max(processedMs, meanMs * total);
  const speed = (processedMs - doneMs) / (now - startedAt);
  const isEstimate = known < total;
  const hasSpeed = known > 0 && speed > 0 && now - startedAt >= WARM_UP_MS;
  const left = hasSpeed ? [`${formatDuration((allMs - processedMs) / speed)} left`] : [];
  const count = `total ${ended} of ${total}`;
  const audio = `${formatDuration(processedMs)} of ${isEstimate ? '~' : ''}${formatDuration(allMs)}`;
  const texts = [known === 0 ? [count] : [count, audio, ...left], [count, ...left], [count]];
  const fitting = texts.map((parts) => parts.join(', ')).find((text) => stringWidth(text) <= width);
  return fitting ?? truncate(count, width);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
