// The best cut of a passage: dynamic programming over all cuts at word borders, with any line break and any allowed end.
// What it still breaks, the words force.
import { hasPause, judgeLines, judgeTimes } from './judge.mjs';
import { BIT, countOf, GREATEST_MS, HARD_BITS, LIMITS, READING_MS } from './rules.mjs';

/** A broken hard rule weighs more than all soft ones of a cue. */
const HARD_WEIGHT = 100;
/** Of two cuts that break as little, the one with fewer cues. */
const CUE_WEIGHT = 0.001;

/** @returns The cues of the best cut: `from`, `to`, `bits`. */
export function optimum(stream) {
  const size = stream.clusters.length;
  const borders = [0];
  for (let at = 1; at < size; at += 1) if (!stream.split[at] && !stream.kinsoku[at]) borders.push(at);
  borders.push(size);
  const offsets = offsetsOf(stream);
  const best = Array.from(borders, () => undefined);
  best[borders.length - 1] = { cost: 0 };
  for (let i = borders.length - 2; i >= 0; i -= 1) {
    for (let j = i + 1; j < borders.length; j += 1) {
      // A cue has the times of its words; only a line ends inside a URL.
      if (isInsideWord(stream, borders[j]) || isInsideWord(stream, borders[i])) continue;
      const cue = bestCue(stream, offsets, borders, i, j);
      if (!best[j]) continue;
      const cost = cue.cost + best[j].cost + CUE_WEIGHT;
      if (!best[i] || cost < best[i].cost) best[i] = { cost, next: j, bits: cue.bits };
      if (isTooLong(stream, offsets, borders[i], borders[j])) break;
    }
  }
  const cues = [];
  for (let i = 0; i < borders.length - 1; i = best[i].next)
    cues.push({ from: borders[i], to: borders[best[i].next], bits: best[i].bits });
  return cues;
}

function isInsideWord({ wordOf }, at) {
  return at > 0 && at < wordOf.length && wordOf[at] === wordOf[at - 1];
}

function isTooLong(stream, { units }, from, to) {
  const { lineWidth } = LIMITS[stream.language];
  const [first, last] = [stream.words[stream.wordOf[from]], stream.words[stream.wordOf[to - 1]]];
  return units(from, to) > lineWidth * 2 || last.end - first.begin > GREATEST_MS + 1000;
}

/** Sums of width and characters up to each position, so that a line is measured by a subtraction. */
function offsetsOf({ clusters, widths, hasSpace, language }) {
  const sums = [0];
  const spaces = [0];
  for (const [index] of clusters.entries()) {
    sums.push(sums[index] + widths[index]);
    spaces.push(spaces[index] + (hasSpace[index] ? 1 : 0));
  }
  const spacesIn = (from, to) => (from < to ? spaces[to] - spaces[from + 1] : 0);
  return {
    units: (from, to) => sums[to] - sums[from] + spacesIn(from, to),
    characters: (from, to) => (language === 'en' ? to - from : sums[to] - sums[from]) + spacesIn(from, to),
  };
}

function bestCue(stream, { units, characters }, borders, i, j) {
  const [from, to] = [borders[i], borders[j]];
  const [first, last] = [stream.wordOf[from], stream.wordOf[to - 1]];
  const nextStart = to < stream.clusters.length ? stream.words[stream.wordOf[to]].begin : undefined;
  const pauseBits = hasPause(stream, first, last) ? BIT.pause : 0;
  let best;
  const consider = (lines) => {
    const count = lines.reduce((sum, line) => sum + characters(line.from, line.to), 0);
    const lineBits = judgeLines(stream, lines) | pauseBits;
    for (const end of endsOf(stream, first, last, nextStart)) {
      const cue = { start: stream.words[first].begin, end, units: count };
      const bits = lineBits | judgeTimes(stream, cue, stream.words[first], stream.words[last], nextStart);
      const cost = costOf(bits);
      if (!best || cost < best.cost) best = { cost, bits };
    }
  };
  const line = (a, b) => ({ from: a, to: b, width: units(a, b) });
  consider([line(from, to)]);
  if (best.cost === 0) return best;
  for (let m = i + 1; m < j; m += 1) {
    consider([line(from, borders[m]), line(borders[m], to)]);
    if (best.cost === 0) break;
  }
  return best;
}

function costOf(bits) {
  return countOf(bits & HARD_BITS) * HARD_WEIGHT + countOf(bits & ~HARD_BITS);
}

/** Ends that may be best: each is where some rule begins or stops to hold. */
function endsOf({ words, language }, first, last, nextStart) {
  const { leastMs, gapMs } = LIMITS[language];
  const { begin } = words[first];
  const { end } = words[last];
  const ends = [end, end + READING_MS, begin + leastMs, begin + GREATEST_MS].filter(
    (at) => at >= Math.min(end, begin + leastMs),
  );
  if (nextStart === undefined) return ends.filter((at) => at >= end);
  const latest = nextStart - gapMs;
  const allowed = [...ends.map((at) => Math.min(at, latest)), latest];
  return [...new Set(allowed.map((at) => Math.max(at, begin + 1)))].filter(
    (at) => at >= Math.min(end, latest),
  );
}
