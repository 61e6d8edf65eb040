import { optionName } from '../../core/option-names.ts';
import type { PullProgress } from '../../engines/models/model-pull.ts';

/** Formats a time in ms as `0:07`, `12:30` or `1:02:30`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [first, ...rest] = parts[0] === 0 ? parts.slice(1) : parts;
  return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}

/** Formats a processing speed as a multiple of real time: `2.5× real time`. */
export function formatSpeed(audioMs: number, elapsedMs: number): string {
  const times = elapsedMs > 0 ? audioMs / elapsedMs : 0;
  return `${times < 10 ? times.toFixed(1) : Math.round(times)}× real time`;
}

/** Formats the progress of a model download: `downloading model moonshine-base: 12 of 73 MB`. */
export function formatPull({ model, receivedBytes, totalBytes }: PullProgress): string {
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  return `downloading model ${model}: ${megabytes(receivedBytes)} of ${megabytes(totalBytes)} MB`;
}

/** Formats a number with its noun: `1 sentence`, `2 sentences`. */
export function formatCount(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `0.0324 USD` */
export function formatCost(amount: number, currency: string | null): string {
  return `${amount.toFixed(4)} ${currency ?? ''}`.trimEnd();
}

/** The words for a cost that cannot be calculated. */
export function unknownCost(model: string): string {
  return `cost unknown: no price of a second is known for ${model} at this service (give it with ${optionName('price')})`;
}
