import { styleText } from 'node:util';
import stringWidth from 'string-width';
import { duration, speed } from './format.ts';
import { printable } from './printable.ts';

/** A recording that is being worked on. */
export interface ActiveRecording {
  readonly input: string;
  /** Its place among the recordings that need work, from 1. */
  readonly number: number;
  /** By `performance.now()`. */
  readonly startedAt: number;
  /** How much of it was done before this run, in ms. */
  fromMs: number;
  /** How much of it is done, in ms. */
  audioMs: number;
  /** Undefined as long as it is not known. */
  durationMs?: number | undefined;
}

/** `[3/12] talk.mp3` */
export function label({ number, input }: ActiveRecording, total: number): string {
  return `[${number}/${total}] ${printable(input)}`;
}

/** `12:30 of 30:00 (41 %), 14× real time` */
export function state(recording: ActiveRecording): string {
  const { fromMs, audioMs, durationMs, startedAt } = recording;
  const share = durationMs ? ` of ${duration(durationMs)} (${percent(recording)} %)` : '';
  return `${duration(audioMs)}${share}, ${speed(audioMs - fromMs, performance.now() - startedAt)}`;
}

/** One line no wider than the terminal: the name gives way. */
export function bar(recording: ActiveRecording, total: number, width: number): string {
  const tail = `${gauge(recording)} ${state(recording)}`;
  const name = label(recording, total);
  const room = Math.max(0, width - stringWidth(tail) - 2);
  return `${stringWidth(name) > room ? `${name.slice(0, Math.max(0, room - 1))}…` : name} ${tail}`;
}

const GAUGE_WIDTH = 20;
const PULSE = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** How much is done where the length is known, else a sign of life. */
function gauge(recording: ActiveRecording): string {
  if (!recording.durationMs) return PULSE[Math.floor(performance.now() / 100) % PULSE.length] ?? '';
  const full = Math.round((percent(recording) / 100) * GAUGE_WIDTH);
  const done = styleText('green', '█'.repeat(full), { stream: process.stderr });
  return `${done}${'░'.repeat(GAUGE_WIDTH - full)}`;
}

function percent({ audioMs, durationMs }: ActiveRecording): number {
  return durationMs ? Math.min(100, Math.floor((audioMs / durationMs) * 100)) : 0;
}
