import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import { isSentenceEnd, type Sentence } from '../../sentence.ts';
import { printable } from './printable.ts';

/** Shows a live transcription: the text on stdout, notices on stderr. */
export interface LiveDisplay {
  showSentence(sentence: Sentence): void;
  /** Prints a line on stderr. */
  notice(line: string): void;
  close(): void;
}

/** The stream that the text is written to. */
type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/**
 * On a terminal, each partial sentence replaces the one before it, and the final sentence stays. Elsewhere only final
 * sentences are written, one a line.
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
  return {
    showSentence(sentence) {
      if (!isSentenceEnd(sentence)) {
        screen(styleText('dim', printable(sentence.text), { stream: output }));
        return;
      }
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
