// Which rules a cue breaks. The cues of a writer and those of the optimal cutter are judged by the same function.
import { BIT, GREATEST_MS, LIMITS, LINES, OPEN_GAP_MS, PAUSE_MS, READING_MS } from './rules.mjs';

/** @returns The broken rules that the lines of a cue decide, as bits. `lines`: `from` and `to` in the stream, `width`. */
export function judgeLines(stream, lines) {
  const { lineWidth } = LIMITS[stream.language];
  const first = lines[0].from;
  const end = lines.at(-1).to;
  let bits = 0;
  if (lines.length > LINES) bits |= BIT.lines;
  for (const { from, to, width } of lines) {
    if (width > lineWidth) bits |= BIT.width;
    if (stream.kinsoku[from] || stream.kinsoku[to]) bits |= BIT.kinsoku;
    if (stream.split[from] || stream.split[to]) bits |= BIT.split;
    if (to < end && stream.bad[to]) bits |= BIT['line-break'];
  }
  if (stream.bad[end]) bits |= BIT['cue-break'];
  if (lines.length === 2) {
    const [one, other] = lines.map(({ width }) => width);
    if (Math.min(one, other) * 3 < Math.max(one, other)) bits |= BIT.balance;
    const space = stream.hasSpace[lines[1].from] ? 1 : 0;
    if (one + other + space <= lineWidth) bits |= BIT['two-lines'];
  }
  if (isOrphan(stream, first, end)) bits |= BIT.orphan;
  return bits;
}

/** One word or under 4 units of width that is no sentence. A single word of half a line, as a URL, is none. */
function isOrphan(stream, from, to) {
  const { lineWidth } = LIMITS[stream.language];
  if (stream.isSentenceStart[from] && stream.isAfterSentence[to]) return false;
  let width = 0;
  for (let at = from; at < to && width < lineWidth / 2; at += 1) width += stream.widths[at];
  if (width < 4) return true;
  return width < lineWidth / 2 && stream.countWords(from, to) <= 1;
}

/** @returns The broken rules that times decide. @param units Width of the text. @param nextStart Undefined for the last cue. */
export function judgeTimes(stream, { start, end, units, isInsideWord }, first, last, nextStart) {
  const { speed, unitsPerCharacter, leastMs, gapMs } = LIMITS[stream.language];
  const duration = end - start;
  let bits = 0;
  if ((units / unitsPerCharacter) * 1000 > speed * duration) bits |= BIT.speed;
  if (duration < leastMs) bits |= BIT.short;
  if (duration > GREATEST_MS) bits |= BIT.long;
  if (isInsideWord ? start < first.begin || start > first.end : start !== first.begin) bits |= BIT.start;
  const least = start + leastMs;
  let latest = Math.max(last.end + READING_MS, least);
  if (nextStart !== undefined) {
    const gap = nextStart - end;
    if (nextStart < start) bits |= BIT.order;
    if (gap < 0) bits |= BIT.overlap;
    else if (gap < gapMs) bits |= BIT.gap;
    if (gapMs > 0 && gap >= OPEN_GAP_MS[0] && gap <= OPEN_GAP_MS[1]) bits |= BIT['open-gap'];
    // A closed gap: without it, it would have been open.
    if (gapMs > 0 && gap === gapMs && nextStart - latest <= OPEN_GAP_MS[1]) latest = end;
  }
  if (end > latest) bits |= BIT.end;
  return bits;
}

/** Whether a pause of 1.5 s is between two words of a cue. */
export function hasPause({ words }, first, last) {
  for (let index = first; index < last; index += 1) {
    if (words[index + 1].begin - words[index].end >= PAUSE_MS) return true;
  }
  return false;
}
