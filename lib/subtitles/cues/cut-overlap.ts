import { type CueWord, linesOf, type ProfiledCue, voicesOf, withoutEndMark } from './cues.ts';
import { joined } from './overlapping-speech.ts';

/**
 * Cuts two cues of speakers who speak at the same time, which have too many lines together: the first lines of both share a cue,
 * and the later lines begin further cues where their first words are spoken.
 * @returns In the order of time; undefined when a cue would have too many lines, or would be too short to be read.
 */
export function cutOverlap(one: ProfiledCue, other: ProfiledCue): ProfiledCue[] | undefined {
  const parts = [...partsOf(one), ...partsOf(other)].sort((a, b) => a.cue.start - b.cue.start);
  const { minGapMs, minCueDurationMs, maxLineCount } = one.profile;
  const cut: ProfiledCue[] = [];
  for (const part of parts) {
    const last = cut.at(-1);
    const roomMs = last ? part.cue.start - last.cue.start : Infinity;
    if (last && (roomMs <= 0 || roomMs - minGapMs < minCueDurationMs))
      cut.splice(-1, 1, { ...last, cue: joined(last.cue, part.cue) });
    else cut.push(part);
  }
  return cut.every(({ cue }) => linesOf(cue).length <= maxLineCount) ? cut : undefined;
}

/** A cue for each line of each speaker. */
function partsOf({ cue, profile }: ProfiledCue): ProfiledCue[] {
  return voicesOf(cue).flatMap(({ lines, words, speaker, channel, speakerId }) =>
    lines.map((line, index) => {
      const spoken = words[index] ?? [];
      return {
        profile,
        cue: {
          speaker,
          channel,
          speakerId,
          start: spoken[0]?.beginMs ?? cue.start,
          end: endOf(spoken, cue.end),
          lines: [profile.stripPunctuation ? withoutEndMark(line) : line],
          words: [spoken],
        },
      };
    }),
  );
}

function endOf(words: readonly CueWord[], otherwise: number): number {
  return words.length === 0 ? otherwise : Math.max(...words.map(({ endMs }) => endMs));
}
