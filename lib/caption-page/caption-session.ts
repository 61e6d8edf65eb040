import { type FinalSentence, isSentenceEnd, type Sentence } from '../sentence.ts';
import type { ScreenSize } from './page-messages.ts';
import type { Viewer } from './viewer.ts';

/** Final sentences that are kept for pages that connect later. */
const MAX_KEPT_SENTENCES = 200;
/** Final sentences that fill the screen of a page again. Four lines of one word each are the most that is shown. */
const SENTENCES_ON_SCREEN = 8;

/** The captions of one source, and the pages that show them. */
export class CaptionSession {
  /** Its name for viewers. */
  readonly name: string;
  readonly #viewers = new Set<Viewer>();
  #finals: FinalSentence[] = [];
  /** The sentence that is being spoken, on each channel. */
  readonly #partials = new Map<number, Sentence>();
  #lastId = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** The largest id of a final sentence. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Whether no page shows it. */
  get isUnused(): boolean {
    return this.#viewers.size === 0;
  }

  /** Sends a sentence to all pages. */
  add(sentence: Sentence): void {
    const channel = sentence.channel_id ?? 0;
    if (isSentenceEnd(sentence)) {
      this.#partials.delete(channel);
      this.#finals.push(sentence);
      if (this.#finals.length > MAX_KEPT_SENTENCES)
        this.#finals = this.#finals.slice(-MAX_KEPT_SENTENCES / 2);
      this.#lastId = Math.max(this.#lastId, sentence.sentence_id);
    } else {
      this.#partials.set(channel, sentence);
    }
    for (const viewer of this.#viewers) {
      viewer.show(sentence);
      if (isSentenceEnd(sentence)) viewer.send({ type: 'sentence', sentence });
    }
  }

  /** The source has final sentences up to this id, perhaps of another server: further ones are numbered after it. */
  continueAfter(sentenceId: number): void {
    this.#lastId = Math.max(this.#lastId, sentenceId);
  }

  /** Forgets what is being spoken: its audio is recognised again. */
  dropPartials(): void {
    this.#partials.clear();
  }

  /** Adds a page, and sends it the final sentences after the last one that it has. */
  join(viewer: Viewer, size: ScreenSize, sentenceId: number): void {
    for (const sentence of this.#finals) {
      if (sentence.sentence_id > sentenceId) viewer.send({ type: 'sentence', sentence });
    }
    this.#viewers.add(viewer);
    if (this.#finals.length > 0 || this.#partials.size > 0) this.resize(viewer, size);
  }

  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
  }

  resize(viewer: Viewer, size: ScreenSize): void {
    viewer.showAgain(size, this.#finals.slice(-SENTENCES_ON_SCREEN), this.#partials.values());
  }
}
