import { isWithoutSpaces } from '../words/kinsoku.ts';
import type { PlacedUnit } from './agreement.ts';
import type { Unit } from './units.ts';

/** A sentence on the screen that is not final yet. */
export interface OpenSentence {
  readonly id: number;
  readonly channel: number;
  /** Who speaks. A line has words of one voice only. */
  readonly voice: string;
  /** The numbers of its lines, ascending. */
  readonly lines: number[];
  /** Whether its first word follows a space. */
  readonly hasSpaceBefore: boolean;
  units: readonly PlacedUnit[];
  /** The text that arrived last. */
  latest: readonly Unit[];
}

interface Line {
  voice: string;
  /** Units of final sentences, at the start of the line. */
  readonly closed: Unit[];
  /** The open sentence that continues on this line. */
  open: OpenSentence | undefined;
}

/** What some lines show. */
export interface ShownLines {
  readonly lines: string[];
  readonly units: readonly Unit[];
  readonly isFinal: boolean;
}

/** Full-width marks, which need no space beside them. */
const WIDE_MARK = /[\u3000-\u303f\uff01-\uff60]/u;

/**
 * Lines that are only added at the bottom. The last `count` of them are visible. Lines are numbered from 0; a line never
 * gets another number.
 */
export class LineBlock {
  readonly #count: number;
  readonly #width: number;
  readonly #lines = new Map<number, Line>();
  #end = 0;

  constructor(count: number, width: number) {
    this.#count = count;
    this.#width = width;
  }

  /** Number of the line that comes next. */
  get end(): number {
    return this.#end;
  }

  /** Number of the first visible line. */
  get top(): number {
    return Math.max(0, this.#end - this.#count);
  }

  /** Opens a sentence: on the last line if the same voice has ended a sentence there, else on a new one. */
  open(id: number, channel: number, voice: string, first: Unit): OpenSentence {
    const number = this.#end - 1;
    const line = this.#lines.get(number);
    const before = line?.closed.at(-1);
    const hasSpaceBefore = !before || !(isSpaceless(before.text.at(-1)) && isSpaceless(first.text.at(0)));
    const continues =
      line && !line.open && (!before || (line.voice === voice && this.#fits(line, first, hasSpaceBefore)));
    const lines: number[] = [];
    const sentence = { id, channel, voice, lines, hasSpaceBefore, units: [], latest: [] };
    if (continues) {
      line.voice = voice;
      line.open = sentence;
      lines.push(number);
    } else this.#addLine(sentence);
    return sentence;
  }

  /** Free width after the last unit of a sentence. */
  roomAfter({ units }: OpenSentence): number {
    const line = units.at(-1)?.line;
    return line === undefined || line < this.top ? -1 : this.#width - this.#columnAfter(units, line);
  }

  /**
   * Replaces the units of a sentence. Units before the first difference stay; after it each line keeps its first word as
   * long as the line before has room. Lines that have rolled off stay as they are.
   * @returns The first visible line that shows another text than before, apart from words after its end.
   */
  replace(sentence: OpenSentence, units: readonly PlacedUnit[]): number | undefined {
    const { top } = this;
    const shown = sentence.units;
    const firstChanged = units.findIndex((unit, index) => !isSame(unit, shown[index]));
    const first = firstChanged === -1 ? units.length : firstChanged;
    const gone = 1 + units.findLastIndex(({ line }) => line !== undefined && line < top);
    let start = Math.max(first, gone);
    if (first < shown.length)
      while (start > gone && start < units.length && !units[start]?.mayStartLine) start -= 1;

    const placed = units
      .slice(0, start)
      .map((unit) => ({ ...unit, line: unit.line ?? top - 1 })) as PlacedUnit[];
    this.#flow(sentence, placed, units.slice(start));
    sentence.units = placed;
    const changed = shown[first] ?? undefined;
    return changed?.line === undefined ? undefined : Math.max(changed.line, top);
  }

  /** Ends a sentence: its words do not change any more. */
  close(sentence: OpenSentence): void {
    for (const number of sentence.lines) {
      const line = this.#lines.get(number);
      if (!line) continue;
      line.closed.push(...this.#unitsOn(sentence.units, number));
      line.open = undefined;
    }
  }

  /** What is visible when the block ends before the line `end`. */
  shown(end: number): ShownLines {
    const units: Unit[] = [];
    const lines: string[] = [];
    let isFinal = true;
    for (let number = Math.max(0, end - this.#count); number < end; number += 1) {
      const line = this.#lines.get(number);
      const open = line?.open ? this.#unitsOn(line.open.units, number) : [];
      const all = [...(line?.closed ?? []), ...open];
      lines.push(
        all.map(({ text, hasSpaceBefore }, at) => (hasSpaceBefore && at > 0 ? ' ' : '') + text).join(''),
      );
      units.push(...all);
      if (open.length > 0) isFinal = false;
    }
    return { lines, units, isFinal };
  }

  /** Forgets the lines above this one. */
  forget(before: number): void {
    for (const number of this.#lines.keys()) {
      if (number >= before) break;
      this.#lines.delete(number);
    }
  }

  /** Places units after those that stay, word by word. */
  #flow(sentence: OpenSentence, placed: PlacedUnit[], rest: readonly PlacedUnit[]): void {
    const last = placed.at(-1)?.line ?? -1;
    let line = last >= this.top ? last : this.#lineAfter(sentence, this.top - 1);
    let column = this.#columnAfter(placed, line);
    let shift = 0;
    for (const group of this.#groups(rest)) {
      const [head] = group;
      const wanted = (head?.line ?? line) - shift;
      const isBroken = wanted > line && column > 0;
      if (isBroken || !this.#hasRoom(column, group)) {
        line = this.#lineAfter(sentence, line);
        column = this.#columnAfter([], line);
        if (isBroken) shift += wanted - line;
      }
      placed.push(...group.map((unit) => ({ ...unit, line })));
      column += widthAt(column, group);
    }
  }

  #hasRoom(column: number, group: readonly Unit[]): boolean {
    return column === 0 || column + widthAt(column, group) <= this.#width;
  }

  /** Units that no line break separates. Those that are wider than a line are separated all the same. */
  #groups(units: readonly PlacedUnit[]): PlacedUnit[][] {
    const groups: PlacedUnit[][] = [];
    for (const unit of units) {
      if (unit.mayStartLine || groups.length === 0) groups.push([unit]);
      else groups.at(-1)?.push(unit);
    }
    return groups.flatMap((group) =>
      widthAt(0, group) > this.#width ? group.map((unit) => [unit]) : [group],
    );
  }

  #lineAfter(sentence: OpenSentence, line: number): number {
    return sentence.lines.find((number) => number > line) ?? this.#addLine(sentence);
  }

  #addLine(sentence: OpenSentence): number {
    const number = this.#end;
    this.#lines.set(number, { voice: sentence.voice, closed: [], open: sentence });
    sentence.lines.push(number);
    this.#end += 1;
    return number;
  }

  #columnAfter(units: readonly PlacedUnit[], number: number): number {
    const closed = this.#lines.get(number)?.closed ?? [];
    return widthAt(0, [...closed, ...this.#unitsOn(units, number)]);
  }

  #unitsOn(units: readonly PlacedUnit[], number: number): readonly PlacedUnit[] {
    return units.filter(({ line }) => line === number);
  }

  #fits({ closed }: Line, first: Unit, hasSpaceBefore: boolean): boolean {
    return widthAt(0, closed) + (hasSpaceBefore ? 1 : 0) + first.width <= this.#width;
  }
}

/** Width of some units that begin at a column. A line does not begin with a space. */
function widthAt(column: number, units: readonly Unit[]): number {
  const total = units.reduce((sum, { width, hasSpaceBefore }) => sum + width + (hasSpaceBefore ? 1 : 0), 0);
  return column === 0 && units[0]?.hasSpaceBefore ? total - 1 : total;
}

function isSame(a: PlacedUnit, b: PlacedUnit | undefined): boolean {
  return a.line !== undefined && a.line === b?.line && a.text === b.text;
}

function isSpaceless(character: string | undefined): boolean {
  return character !== undefined && (isWithoutSpaces(character) || WIDE_MARK.test(character));
}
