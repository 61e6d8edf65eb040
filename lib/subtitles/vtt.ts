import type { CueOptions } from './cues/cue-options.ts';
import { cuesStep } from './cues/cue-step.ts';
import { type Cue, type Voice, voicesOf } from './cues/cues.ts';
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
  const voices = voicesOf(cue);
  const text = voices.map((voice) => voiceText(voice, voices.length > 1)).join('\n');
  return `\n${vttTimestamp(cue.start)} --> ${vttTimestamp(cue.end)}\n${text}\n`;
}

/** The lines of a speaker with a voice tag: `<v Ann>`. It ends with the cue, or with an end tag before another voice. */
function voiceText({ speaker, lines }: Voice, hasEndTag: boolean): string {
  const text = lines.map(escapeText).join('\n');
  return speaker === undefined ? text : `<v ${escapeText(speaker)}>${text}${hasEndTag ? '</v>' : ''}`;
}

/** Escapes WebVTT cue text. The escape of `>` also prevents `-->` in the text. */
function escapeText(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
