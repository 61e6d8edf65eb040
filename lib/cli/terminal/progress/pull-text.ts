import type { PullProgress } from '../../../engines/models/model-pull.ts';
import { formatDuration, formatPull } from '../format.ts';

/** Rate and time left are shown from this time on, because the first seconds do not show the rate. */
const SHOWN_AFTER_MS = 2000;

/**
 * Returns a function that formats the progress of one download, with its rate and the time left:
 * `downloading model sense-voice: 12 of 245 MB, 3.2 MB/s, 1:13 left`.
 * @param now Returns the current time in ms.
 */
export function pullText(now: () => number = () => performance.now()): (progress: PullProgress) => string {
  let first: { readonly at: number; readonly receivedBytes: number } | undefined;
  return (progress) => {
    const { receivedBytes, totalBytes } = progress;
    // A wrong file was deleted: the rate begins anew.
    if (first === undefined || receivedBytes < first.receivedBytes) first = { at: now(), receivedBytes };
    const elapsedMs = now() - first.at;
    const perMs = (receivedBytes - first.receivedBytes) / elapsedMs;
    if (elapsedMs < SHOWN_AFTER_MS || perMs <= 0) return formatPull(progress);
    const left = formatDuration((totalBytes - receivedBytes) / perMs);
    return `${formatPull(progress)}, ${formatRate(perMs * 1000)}, ${left} left`;
  };
}

function formatRate(bytesPerSecond: number): string {
  return bytesPerSecond < 1e6
    ? `${Math.round(bytesPerSecond / 1e3)} kB/s`
    : `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`;
}
