import { align } from '../words/alignment.ts';
import type { Unit } from './units.ts';

/** A unit that may have a place on the screen already. */
export interface PlacedUnit extends Unit {
  /** Number of its line; undefined when it was not shown yet. */
  readonly line?: number | undefined;
}

/** What is known about a sentence when its next text arrives. */
export interface Revision {
  /** What is shown of the sentence. */
  readonly shown: readonly PlacedUnit[];
  /** The text that arrived before. */
  readonly previous: readonly Unit[];
  /** The text that has arrived. */
  readonly now: readonly Unit[];
  /** Free width after the last shown unit. */
  readonly room: number;
}

/** A difference: `shown[from..to)` is `other[otherFrom..otherTo)` in the other text. */
interface Change {
  readonly from: number;
  readonly to: number;
  readonly otherFrom: number;
  readonly otherTo: number;
}

/** Everything as the final text has it. What was shown before keeps its line. */
export function finalText({ shown, now }: Revision): PlacedUnit[] {
  const positions = positionsIn(now, shown);
  return now.map((unit, index) => {
    const position = positions[index];
    return { ...unit, line: position === undefined ? undefined : shown[position]?.line };
  });
}

/**
 * What to show of a partial text: new words at the end at once, or with the next text when earlier words may change; other
 * changes only when the text before had the same change. Marks and letter case of shown words change in the final text only, except for marks after the last word.
 */
export function agreedText({ shown, previous, now, room }: Revision): PlacedUnit[] {
  const earlier = changesTo(previous, shown);
  const changes = changesTo(now, shown);
  const result: PlacedUnit[] = [];
  let at = 0;
  let nowAt = 0;
  let isDisputed = false;
  const keepUntil = (end: number): void => {
    for (; at < end; at += 1, nowAt += 1) {
      const unit = shown[at];
      const update = now[nowAt];
      if (unit) result.push(update ? kept(unit, update, at === shown.length - 1 ? room : -1) : unit);
    }
  };
  for (const change of changes) {
    keepUntil(change.from);
    const same = earlier.find(({ from, to }) => from === change.from && to === change.to);
    // New words after a change that may come would move with it. They wait for one text at most.
    if (change.from === shown.length && isDisputed) break;
    if (!same) isDisputed = true;
    result.push(
      ...settle(
        shown.slice(change.from, change.to),
        same && previous.slice(same.otherFrom, same.otherTo),
        now.slice(change.otherFrom, change.otherTo),
        change.to === shown.length ? room : undefined,
      ),
    );
    at = change.to;
    nowAt = change.otherTo;
  }
  keepUntil(shown.length);
  return result;
}

/**
 * Decides about one change.
 * @param before What the previous text had at this place; undefined when it had the shown words.
 * @param room Free width after the shown words, at the end of the text; undefined elsewhere.
 */
function settle(
  shown: readonly PlacedUnit[],
  before: readonly Unit[] | undefined,
  now: readonly Unit[],
  room: number | undefined,
): readonly PlacedUnit[] {
  if (room === undefined) return before && hasKeysOf(before, now) ? now : shown;
  if (shown.length === 0) return now;
  const [first] = now;
  const [only] = shown;
  // The last word has become longer: that moves nothing.
  if (shown.length === 1 && only && first && isExtension(only, first, room))
    return [{ ...first, hasSpaceBefore: only.hasSpaceBefore, line: only.line }, ...now.slice(1)];
  if (!before) return shown;

  if (hasKeysOf(before, now)) return now;
  let agreed = 0;
  while (agreed < Math.min(before.length, now.length) && before[agreed]?.key === now[agreed]?.key)
    agreed += 1;
  return shown.length > agreed ? [...now.slice(0, agreed), ...shown.slice(agreed)] : now;
}

function kept(shown: PlacedUnit, now: Unit, room: number): PlacedUnit {
  const { beginMs, endMs, mayStartLine } = now;
  const { text, width } = isExtension(shown, now, room) ? now : shown;
  return { ...shown, text, width, beginMs, endMs, mayStartLine };
}

function isExtension(shown: Unit, now: Unit, room: number): boolean {
  return now.text.startsWith(shown.text) && now.width - shown.width <= room;
}

function hasKeysOf(a: readonly Unit[], b: readonly Unit[]): boolean {
  return a.length === b.length && a.every(({ key }, index) => key === b[index]?.key);
}

function positionsIn(from: readonly Unit[], to: readonly Unit[]): (number | undefined)[] {
  return align(
    from.map(({ key }) => key),
    to.map(({ key }) => key),
  );
}

function changesTo(other: readonly Unit[], shown: readonly Unit[]): Change[] {
  const changes: Change[] = [];
  let from = 0;
  let otherFrom = 0;
  for (const [index, position] of [...positionsIn(shown, other), other.length].entries()) {
    if (position === undefined) continue;
    if (index > from || position > otherFrom) changes.push({ from, to: index, otherFrom, otherTo: position });
    from = index + 1;
    otherFrom = position + 1;
  }
  return changes;
}
