import { type CueOptions, cuesStep } from './cues/cue-step.ts';
import type { Cue } from './cues/cues.ts';
import { timestamp } from './timestamp.ts';
import { type SubtitleStream, writer } from './writer.ts';

/**
 * `Sentence` objects → WebVTT: the final sentences as cues that a person can read, in UTF-8. Without sentences
 * the file is just `WEBVTT`.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function vtt(options: CueOptions = {}): SubtitleStream {
  return writer(cuesStep('vtt', options), { head: 'WEBVTT\n', item: vttCue }, options);
}

function vttCue(cue: Cue): string {
  return `\n${timestamp(cue.start, '.')} --> ${timestamp(cue.end, '.')}\n${cue.lines.map(escaped).join('\n')}\n`;
}

/** The escapes of WebVTT cue text. That of `>` also keeps `-->` out. */
function escaped(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
