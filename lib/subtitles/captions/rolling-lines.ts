import type { Step } from '../../core/stage.ts';
import { isSentenceEnd, type Sentence } from '../../sentence.ts';
import { agreedText, finalText } from './agreement.ts';
import { LineBlock, type OpenSentence, type ShownLines } from './line-block.ts';
import { type Unit, type UnitOptions, unitsOf } from './units.ts';

/** What a screen shows from now on. */
export interface Caption {
  /** From top to bottom. The last one may be empty, after words that the recogniser has taken back. */
  lines: string[];
  /** When the first shown word was spoken, in ms from the start of the input. */
  begin_time: number;
  /** When the last shown word was spoken, in ms from the start of the input. */
  end_time: number;
  /** Whether all shown words are final. */
  isFinal: boolean;
}

/** Size of the block of lines. */
export interface BlockSize extends UnitOptions {
  readonly lines: number;
}

/** Rolling captions, without streams: sentences, partial and final, → captions. */
export class RollingLines implements Step<Sentence, Caption> {
  readonly #size: BlockSize;
  readonly #block: LineBlock;
  readonly #open = new Map<string, OpenSentence>();
  /** The last final sentence of each channel. */
  readonly #ended = new Map<number, { readonly id: number; readonly endMs: number }>();
  #last: Caption = { lines: [], begin_time: 0, end_time: 0, isFinal: true };

  constructor(size: BlockSize) {
    this.#size = size;
    this.#block = new LineBlock(size.lines, size.width);
  }

  *feed(sentence: Sentence): Generator<Caption> {
    if (this.#isLate(sentence)) return;
    const end = this.#block.end;
    const changed = this.#update(sentence);
    if (isSentenceEnd(sentence)) this.#close(sentence);
    for (const caption of this.#captions(end, changed)) yield caption;
    this.#block.forget(this.#block.top);
  }

  end(): Caption[] {
    return [];
  }

  /** Partial text after the final text of the same sentence. */
  #isLate(sentence: Sentence): boolean {
    const ended = this.#ended.get(channelOf(sentence));
    return (
      !isSentenceEnd(sentence) && ended?.id === sentence.sentence_id && sentence.begin_time < ended.endMs
    );
  }

  #update(sentence: Sentence): number | undefined {
    const now = unitsOf(sentence, this.#size);
    const [first] = now;
    const key = keyOf(channelOf(sentence), sentence.sentence_id);
    const known = this.#open.get(key);
    if (!known && !first) return undefined;

    const open = known ?? this.#begin(sentence, first as Unit);
    this.#open.set(key, open);
    const revision = { shown: open.units, previous: open.latest, now, room: this.#block.roomAfter(open) };
    const units = isSentenceEnd(sentence) ? finalText(revision) : agreedText(revision);
    open.latest = now;
    const { hasSpaceBefore } = open;
    return this.#block.replace(
      open,
      units.map((unit, index) => (index === 0 ? { ...unit, hasSpaceBefore } : unit)),
    );
  }

  #begin(sentence: Sentence, first: Unit): OpenSentence {
    const channel = channelOf(sentence);
    return this.#block.open(sentence.sentence_id, channel, `${channel} ${sentence.speaker ?? ''}`, first);
  }

  /** Ends a sentence, and those before it on its channel that never became final. */
  #close({ sentence_id, end_time, ...sentence }: Sentence): void {
    const channel = channelOf(sentence);
    for (const [key, open] of this.#open) {
      if (open.channel !== channel || open.id > sentence_id) continue;
      this.#block.close(open);
      this.#open.delete(key);
    }
    this.#ended.set(channel, { id: sentence_id, endMs: end_time ?? 0 });
  }

  /**
   * The captions between two states of the block: one for each line that a full block rolls. The first line is shown before it
   * rolls off when its words have changed.
   */
  *#captions(end: number, changed: number | undefined): Generator<Caption> {
    const { lines } = this.#size;
    const isRolledOff = lines === 1 || (changed !== undefined && changed <= end - lines);
    const first = Math.max(isRolledOff ? end : end + 1, lines);
    for (let next = Math.min(first, this.#block.end); next <= this.#block.end; next += 1) {
      const caption = this.#caption(this.#block.shown(next));
      const isNew = caption.lines.join('\n') !== this.#last.lines.join('\n');
      // Words that become final without a change are reported too, or a reader would never know.
      if (!isNew && (this.#last.isFinal || !caption.isFinal)) continue;
      this.#last = caption;
      yield { ...caption, lines: [...caption.lines] };
    }
  }

  #caption({ lines, units, isFinal }: ShownLines): Caption {
    if (units.length === 0) return { ...this.#last, lines, isFinal };
    const begin_time = Math.min(...units.map(({ beginMs }) => beginMs));
    const end_time = Math.max(...units.map(({ endMs }) => endMs));
    return { lines, begin_time, end_time, isFinal };
  }
}

function channelOf({ channel_id }: Pick<Sentence, 'channel_id'>): number {
  return channel_id ?? 0;
}

function keyOf(channel: number, id: number): string {
  return `${channel} ${id}`;
}
