import type { FinalSentence, Sentence } from '../sentence.ts';
import { RollingLines } from '../subtitles/captions/rolling-lines.ts';
import type { ScreenSize, ServerMessage } from './page-messages.ts';

/** One page that shows captions, with its own size of the screen. */
export class Viewer {
  readonly #send: (message: ServerMessage) => void;
  #lines: RollingLines;

  constructor(size: ScreenSize, send: (message: ServerMessage) => void) {
    this.#lines = new RollingLines(size);
    this.#send = send;
  }

  send(message: ServerMessage): void {
    this.#send(message);
  }

  /** Shows a sentence, partial or final, after those before. */
  show(sentence: Sentence): void {
    for (const { lines } of this.#lines.feed(sentence)) this.#send({ type: 'caption', lines });
  }

  /** Shows the last sentences again, on a screen of another size, or of another session. */
  showAgain(size: ScreenSize, finals: readonly FinalSentence[], partials: Iterable<Sentence>): void {
    this.#lines = new RollingLines(size);
    let shown: readonly string[] = [];
    for (const sentence of [...finals, ...partials]) {
      for (const { lines } of this.#lines.feed(sentence)) shown = lines;
    }
    this.#send({ type: 'caption', lines: shown });
  }
}
