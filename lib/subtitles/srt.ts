import { type CueOptions, cuesStep } from './cues/cue-step.ts';
import type { Cue } from './cues/cues.ts';
import { timestamp } from './timestamp.ts';
import { type SubtitleStream, writer } from './writer.ts';

/**
 * `Sentence` objects → SRT: the final sentences as numbered cues that a person can read. UTF-8 without a byte
 * order mark, lines end with LF. Without sentences the file is empty.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function srt(options: CueOptions = {}): SubtitleStream {
  return writer(cuesStep('srt', options), { item: srtCue }, options);
}

function srtCue(cue: Cue, index: number): string {
  // SRT has no way to escape: an arrow in the text would be taken for the line of times.
  const lines = cue.lines.map((line) => line.replaceAll(/-{2,}>/g, '->'));
  return `${index + 1}\n${timestamp(cue.start, ',')} --> ${timestamp(cue.end, ',')}\n${lines.join('\n')}\n\n`;
}
