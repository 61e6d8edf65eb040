import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import { isSentenceEnd, type Sentence } from '../../sentence.ts';
import { printable } from './printable.ts';

/** Shows what is being said. Text is data and goes to stdout, everything else to stderr. */
export interface LiveDisplay {
  sentence(sentence: Sentence): void;
  /** A notice. */
  say(line: string): void;
  close(): void;
}

/** What the text goes to. */
type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/**
 * On a terminal each partial sentence takes the place of the one before, until the final one stays. Anywhere else
 * there are only final sentences, one a line.
 */
export function liveDisplay(output: Output = process.stdout): LiveDisplay {
  return output.isTTY ? screenDisplay(output) : lineDisplay(output);
}

function lineDisplay(output: Output): LiveDisplay {
  return {
    sentence(sentence) {
      if (isSentenceEnd(sentence)) output.write(`${printable(sentence.text)}\n`);
    },
    say: (line) => void process.stderr.write(`${line}\n`),
    close: () => {},
  };
}

function screenDisplay(output: Output): LiveDisplay {
  const screen = createLogUpdate(output, { showCursor: true });
  const lines = lineDisplay(output);
  return {
    sentence(sentence) {
      if (!isSentenceEnd(sentence)) {
        screen(styleText('dim', printable(sentence.text), { stream: output }));
        return;
      }
      screen.clear();
      lines.sentence(sentence);
    },
    say(line) {
      // It is the same screen most often. The partial sentence comes back with the next one.
      screen.clear();
      lines.say(line);
    },
    close() {
      screen.clear();
      screen.done();
    },
  };
}
