import { styleText } from 'node:util';
import stringWidth from 'string-width';
import { formatDuration, formatSpeed } from '../format.ts';
import { printable } from '../printable.ts';
import { truncate } from '../truncate.ts';

/** A recording in progress. */
export interface ActiveRecording {
  /** Name of the input, as it is shown. */
  readonly input: string;
  /** Position among the recordings to process, counted from 1. */
  readonly number: number;
  /** Start time, from `performance.now()`. */
  readonly startedAt: number;
  /** Audio that an earlier run had processed, in ms. */
  doneMs: number;
  /** Audio that is processed so far, in ms: recognised to the final text, or converted. */
  audioMs: number;
  /** Length of the recording; undefined while it is unknown. */
  durationMs?: number | undefined;
  /** Whether the length is an estimate, which is marked with `~`. */
  durationIsEstimate?: boolean | undefined;
}

/** `[3/12] talk.mp3` */
export function recordingLabel({ number, input }: ActiveRecording, total: number): string {
  return `[${number}/${total}] ${printable(input)}`;
}

/** `12:30 of 30:00 (41 %), 14× real time` at the time `now`, from `performance.now()`. */
export function progressText(recording: ActiveRecording, now: number): string {
  const { doneMs, audioMs, startedAt } = recording;
  return `${position(recording)}, ${formatSpeed(audioMs - doneMs, now - startedAt)}`;
}

/**
 * Formats a recording as one line with a bar, at most `width` columns wide. When there is not enough room, the file
 * name is shortened first; then the bar and the speed are left out.
 */
export function progressBar(recording: ActiveRecording, total: number, width: number, now: number): string {
  const label = recordingLabel(recording, total);
  const tails = [
    `${gauge(recording, now)} ${progressText(recording, now)}`,
    progressText(recording, now),
    position(recording),
  ];
  const tail = tails.find((candidate) => stringWidth(candidate) + MIN_LABEL_WIDTH < width) ?? '';
  if (tail === '') return truncate(`${label} ${position(recording)}`, width);
  return `${truncate(label, width - stringWidth(tail) - 1)} ${tail}`;
}

const MIN_LABEL_WIDTH = 16;
const GAUGE_WIDTH = 20;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** `12:30 of 30:00 (41 %)` */
function position(recording: ActiveRecording): string {
  const { audioMs, durationMs, durationIsEstimate } = recording;
  const about = durationIsEstimate ? '~' : '';
  const share = durationMs ? ` of ${about}${formatDuration(durationMs)} (${percent(recording)} %)` : '';
  return `${formatDuration(audioMs)}${share}`;
}

/** A bar when the length is known, else a spinner. */
function gauge(recording: ActiveRecording, now: number): string {
  if (!recording.durationMs) return SPINNER[Math.floor(now / 100) % SPINNER.length] ?? '';
  const full = Math.round((percent(recording) / 100) * GAUGE_WIDTH);
  const done = styleText('green', '█'.repeat(full), { stream: process.stderr });
  return `${done}${'░'.repeat(GAUGE_WIDTH - full)}`;
}

/** At most 100, because the header of a file may state too short a length. */
function percent({ audioMs, durationMs }: ActiveRecording): number {
  return durationMs ? Math.min(100, Math.floor((audioMs / durationMs) * 100)) : 0;
}
