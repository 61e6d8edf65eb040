import { type CueOptions, cuesStep } from './cues/cue-step.ts';
import type { Cue } from './cues/cues.ts';
import { vttTimestamp } from './timestamp.ts';
import { type SubtitleStream, writer } from './writer.ts';

/**
 * `Sentence` objects → WebVTT: the final sentences as readable cues, in UTF-8. A cue whose speaker is known has a voice
 * tag. Without sentences the output is the header `WEBVTT` only.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function vtt(options: CueOptions = {}): SubtitleStream {
  return writer('vtt', cuesStep('vtt', options), { head: 'WEBVTT\n', item: vttCue }, options);
}

function vttCue(cue: Cue): string {
  return `\n${vttTimestamp(cue.start)} --> ${vttTimestamp(cue.end)}\n${voice(cue)}${cue.lines.map(escapeText).join('\n')}\n`;
}

/** The voice tag of the speaker: `<v Ann>`. It ends with the cue. */
function voice({ speaker }: Cue): string {
  return speaker === undefined ? '' : `<v ${escapeText(speaker)}>`;
}

/** Escapes WebVTT cue text. The escape of `>` also prevents `-->` in the text. */
function escapeText(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
