// Judges the cues of a writer.
import { measure, wordCounter } from './borders.mjs';
import { hasPause, judgeLines, judgeTimes } from './judge.mjs';
import { BIT, LIMITS } from './rules.mjs';
import { clustersOf, widthOf } from './width.mjs';

/** Marks that a writer may remove at the end of a cue. */
const REMOVABLE = /^[。，、．.,]$/u;

/** The measured words of a passage. */
export function streamOf(sentences, language) {
  const stream = measure(sentences, language);
  stream.countWords = wordCounter(stream);
  return stream;
}

/**
 * @returns `cues` with the broken rules as `bits`, and `damage`: what is wrong with the text, or undefined.
 */
export function check(stream, cues) {
  const { language } = stream;
  const { unitsPerCharacter } = LIMITS[language];
  const { placed, damage } = place(stream, cues);
  const judged = placed.map(({ cue, lines }, index) => {
    const next = placed[index + 1]?.cue;
    if (lines.length === 0) return { ...cue, bits: BIT.orphan, reasons: [] };
    const from = stream.wordOf[lines[0].from];
    const to = stream.wordOf[lines.at(-1).to - 1];
    const units = cue.lines.reduce(
      (sum, line) => sum + (unitsPerCharacter === 1 ? clustersOf(line).length : widthOf(line, language)),
      0,
    );
    const isInsideWord = stream.words[from].from !== lines[0].from;
    let bits = judgeLines(stream, lines);
    bits |= judgeTimes(
      stream,
      { ...cue, units, isInsideWord },
      stream.words[from],
      stream.words[to],
      next?.start,
    );
    if (hasPause(stream, from, to)) bits |= BIT.pause;
    const reasons = lines.map(({ to: end }) => stream.split[end] ?? stream.bad[end]).filter(Boolean);
    return { ...cue, bits, reasons };
  });
  return { cues: judged, damage };
}

/** Finds the lines of the cues in the stream. */
function place(stream, cues) {
  let at = 0;
  let damage;
  const placed = [];
  for (const cue of cues) {
    const lines = [];
    for (const line of cue.lines) {
      const clusters = clustersOf(line.replaceAll(/\s/gu, ''));
      if (clusters.length === 0) continue;
      // End marks that were removed at the end of the line before.
      while (
        at < stream.clusters.length &&
        stream.clusters[at] !== clusters[0] &&
        REMOVABLE.test(stream.clusters[at])
      ) {
        at += 1;
        const last = lines.at(-1) ?? placed.at(-1)?.lines.at(-1);
        if (last) last.to = at;
      }
      const from = at;
      for (const cluster of clusters) {
        if (stream.clusters[at] !== cluster) {
          damage ??= `"${cluster}" instead of "${stream.clusters[at] ?? ''}" in: ${line}`;
          const found = stream.clusters.indexOf(cluster, at);
          if (found > 0 && found < at + 8) at = found;
          else continue;
        }
        at += 1;
      }
      if (at > from) lines.push({ from, to: at, width: widthOf(line.trim(), stream.language) });
    }
    placed.push({ cue, lines });
  }
  while (at < stream.clusters.length && REMOVABLE.test(stream.clusters[at])) at += 1;
  if (at < stream.clusters.length) damage ??= `lost at the end: ${stream.clusters.slice(at).join('')}`;
  return { placed, damage };
}
