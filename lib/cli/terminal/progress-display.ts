import { createLogUpdate } from 'log-update';
import { type ActiveRecording, bar, label, state } from './progress-bar.ts';

/** What is going on in a run. Whoever changes it need not say so: it is looked at when it is shown. */
export interface Activity {
  readonly recordings: Map<string, ActiveRecording>;
  /** Number of recordings that need work. */
  total: number;
}

/** Where a person watches a run, on stderr. */
export interface Display {
  /** A line that stays. */
  print(line: string): void;
  /** How something stands that has no recording to go with, such as a download. */
  note(text: string): void;
  close(): void;
}

/** Bars on a terminal, plain lines anywhere else. */
export function display(activity: Activity): Display {
  return process.stderr.isTTY ? barDisplay(activity) : lineDisplay(activity);
}

/** Shows only the lines that are printed. */
export const plainDisplay: Display = {
  print: (line) => void process.stderr.write(`${line}\n`),
  note: () => {},
  close: () => {},
};

const FRAME_MS = 100;

function barDisplay(activity: Activity): Display {
  const screen = createLogUpdate(process.stderr, { showCursor: true });
  let noted = '';
  const draw = (): void => {
    const bars = [...activity.recordings.values()].map((recording) =>
      bar(recording, activity.total, process.stderr.columns ?? 80),
    );
    screen([...bars, ...(noted ? [noted] : [])].join('\n'));
  };
  const timer = setInterval(draw, FRAME_MS).unref();
  return {
    print(line) {
      noted = '';
      screen.clear();
      plainDisplay.print(line);
    },
    note(text) {
      noted = text;
    },
    close() {
      clearInterval(timer);
      screen.clear();
      screen.done();
    },
  };
}

/** In a log a line now and then is enough to see that the work goes on. */
const LINE_MS = 10_000;

function lineDisplay(activity: Activity): Display {
  let notedAt = Number.NEGATIVE_INFINITY;
  let noted = '';
  let shown = '';
  const showNote = (): void => {
    if (noted !== shown) plainDisplay.print(noted);
    shown = noted;
    notedAt = performance.now();
  };
  const timer = setInterval(() => {
    for (const recording of activity.recordings.values()) {
      plainDisplay.print(`${label(recording, activity.total)}: ${state(recording)}`);
    }
  }, LINE_MS).unref();
  return {
    print(line) {
      // How it stood in the end comes before what came of it.
      showNote();
      plainDisplay.print(line);
    },
    note(text) {
      noted = text;
      if (performance.now() - notedAt >= LINE_MS / 5) showNote();
    },
    close() {
      showNote();
      clearInterval(timer);
    },
  };
}
