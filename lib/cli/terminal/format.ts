import type { PullProgress } from '../../engines/models/model-pull.ts';

/** A length of time as people write it: `0:07`, `12:30`, `1:02:30`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [first, ...rest] = parts[0] === 0 ? parts.slice(1) : parts;
  return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}

/** How many times faster than real time audio was worked on. */
export function speed(audioMs: number, elapsedMs: number): string {
  const times = elapsedMs > 0 ? audioMs / elapsedMs : 0;
  return `${times < 10 ? times.toFixed(1) : Math.round(times)}× real time`;
}

/** How far a download has come. */
export function pulling({ model, receivedBytes, totalBytes }: PullProgress): string {
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  return `downloading the model ${model}: ${megabytes(receivedBytes)} of ${megabytes(totalBytes)} MB`;
}

/** A number with its noun: `1 sentence`, `2 sentences`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
