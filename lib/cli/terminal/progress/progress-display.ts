import { createLogUpdate } from 'log-update';
import { type ActiveRecording, progressBar, progressText, recordingLabel } from './progress-bar.ts';
import { type RunTotal, runTotalText } from './run-total.ts';
import { truncate } from '../truncate.ts';

/** The state that a display shows. The display reads it whenever it draws, so a change needs no notification. */
export interface Activity extends RunTotal {
  readonly recordings: Map<string, ActiveRecording>;
}

/** A run in which nothing has begun. */
export function newActivity(): Activity {
  return { recordings: new Map(), total: 0, ended: 0, endedMs: 0, doneMs: 0, startedAt: performance.now() };
}

/** Shows the progress of a run on stderr. */
export interface ProgressDisplay {
  /** Prints a line that stays. */
  print(line: string): void;
  /** Sets the status line for work without a recording, such as a download. */
  setStatus(text: string): void;
  close(): void;
}

/** Shows progress bars on a terminal, and plain lines elsewhere. */
export function progressDisplay(activity: Activity): ProgressDisplay {
  return process.stderr.isTTY ? barDisplay(activity) : lineDisplay(activity);
}

/** Shows only the printed lines. */
export const plainDisplay: ProgressDisplay = {
  print: (line) => void process.stderr.write(`${line}\n`),
  setStatus: () => {},
  close: () => {},
};

const FRAME_MS = 100;

function barDisplay(activity: Activity): ProgressDisplay {
  const screen = createLogUpdate(process.stderr, { showCursor: true });
  let status = '';
  const draw = (): void => {
    const width = process.stderr.columns ?? 80;
    const now = performance.now();
    const active = [...activity.recordings.values()];
    const bars = active.map((recording) => progressBar(recording, activity.total, width, now));
    const total = activity.total > 1 && active.length > 0 ? [runTotalText(activity, active, width, now)] : [];
    screen([...bars, ...total, ...(status ? [truncate(status, width)] : [])].join('\n'));
  };
  const timer = setInterval(draw, FRAME_MS).unref();
  return {
    print(line) {
      status = '';
      screen.clear();
      plainDisplay.print(line);
    },
    setStatus(text) {
      status = text;
    },
    close() {
      clearInterval(timer);
      screen.clear();
      screen.done();
    },
  };
}

/** Interval between progress lines in a log. */
const LINE_MS = 30_000;
const STATUS_MS = 2000;

function lineDisplay(activity: Activity): ProgressDisplay {
  let status = '';
  let printedStatus = '';
  let printedAt = Number.NEGATIVE_INFINITY;
  const printStatus = (): void => {
    if (status !== printedStatus) plainDisplay.print(status);
    printedStatus = status;
    printedAt = performance.now();
  };
  const timer = setInterval(() => {
    const now = performance.now();
    const active = [...activity.recordings.values()];
    for (const recording of active) {
      plainDisplay.print(`${recordingLabel(recording, activity.total)}: ${progressText(recording, now)}`);
    }
    if (activity.total > 1 && active.length > 0)
      plainDisplay.print(runTotalText(activity, active, Infinity, now));
  }, LINE_MS).unref();
  return {
    print(line) {
      // Prints the last state of the status first, so that the lines stay in order.
      printStatus();
      plainDisplay.print(line);
    },
    setStatus(text) {
      status = text;
      if (performance.now() - printedAt >= STATUS_MS) printStatus();
    },
    close() {
      printStatus();
      clearInterval(timer);
    },
  };
}
