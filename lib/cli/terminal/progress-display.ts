import { createLogUpdate } from 'log-update';
import { type ActiveRecording, progressBar, progressText, recordingLabel } from './progress-bar.ts';
import { truncate } from './truncate.ts';

/** The state that a display shows. The display reads it whenever it draws, so a change needs no notification. */
export interface Activity {
  readonly recordings: Map<string, ActiveRecording>;
  /** Number of recordings to process. */
  total: number;
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
    const bars = [...activity.recordings.values()].map((recording) =>
      progressBar(recording, activity.total, width, now),
    );
    screen([...bars, ...(status ? [truncate(status, width)] : [])].join('\n'));
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
const LINE_MS = 10_000;
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
    for (const recording of activity.recordings.values()) {
      const label = recordingLabel(recording, activity.total);
      plainDisplay.print(`${label}: ${progressText(recording, performance.now())}`);
    }
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
