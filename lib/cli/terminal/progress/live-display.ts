import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import { isSentenceEnd, type Sentence } from '../../../sentence.ts';
import { RollingLines } from '../../../subtitles/captions/rolling-lines.ts';
import { printable } from '../printable.ts';

/** Shows a live transcription: the text on stdout, notices on stderr. */
export interface LiveDisplay {
  showSentence(sentence: Sentence): void;
  /** Prints a line on stderr. */
  notice(line: string): void;
  close(): void;
}

/** The stream that the text is written to. */
type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Number of lines of a partial sentence. */
const PARTIAL_LINES = 4;

/**
 * On a terminal, the partial sentence is shown as captions, whose words keep their places, and the final sentence stays.
 * Elsewhere only final sentences are written, one a line.
 */
export function liveDisplay(output: Output = process.stdout): LiveDisplay {
  return output.isTTY ? screenDisplay(output) : lineDisplay(output);
}

function lineDisplay(output: Output): LiveDisplay {
  return {
    showSentence(sentence) {
      if (isSentenceEnd(sentence)) output.write(`${printable(sentence.text)}\n`);
    },
    notice: (line) => void process.stderr.write(`${line}\n`),
    close: () => {},
  };
}

function screenDisplay(output: Output): LiveDisplay {
  const screen = createLogUpdate(output, { showCursor: true });
  const lines = lineDisplay(output);
  let partial = partialCaptions(output);
  return {
    showSentence(sentence) {
      if (!isSentenceEnd(sentence)) {
        screen(styleText('dim', partial(sentence), { stream: output }));
        return;
      }
      partial = partialCaptions(output);
      screen.clear();
      lines.showSentence(sentence);
    },
    notice(line) {
      // stderr is usually the same terminal. The next sentence shows the partial text again.
      screen.clear();
      lines.notice(line);
    },
    close() {
      screen.clear();
      screen.done();
    },
  };
}

/** Makes a function that returns the captions of partial sentences, as wide as the terminal is now. */
function partialCaptions({ columns = 80 }: Output): (sentence: Sentence) => string {
  const width = Math.min(Math.max(columns, 10), 200);
  const rolling = new RollingLines({ lines: PARTIAL_LINES, width });
  let shown = '';
  return (sentence) => {
    for (const { lines } of rolling.feed({ ...sentence, text: printable(sentence.text) }))
      shown = lines.join('\n');
    return shown;
  };
}
