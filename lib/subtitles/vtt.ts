import { type CueOptions, flushMsOf } from './cues/cue-options.ts';
import { cuesStep } from './cues/cue-step.ts';
import { type Cue, type Voice, voicesOf } from './cues/cues.ts';
import { timedLines } from './karaoke.ts';
import { vttTimestamp } from './timestamp.ts';
import { type SubtitleStream, writer } from './writer.ts';

/**
 * `Sentence` objects → WebVTT: the final sentences as readable cues, in UTF-8. A cue whose speaker is known has a voice
 * tag. With `karaoke`, each word but the first has its time before it. Without sentences the output is the header
 * `WEBVTT` only.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function vtt(options: CueOptions = {}): SubtitleStream {
  const item = (cue: Cue): string => vttCue(cue, options.karaoke ?? false);
  return writer('vtt', cuesStep('vtt', options), { head: 'WEBVTT\n', item }, options, flushMsOf(options));
}

/** A cue in WebVTT, after an empty line. @param hasWordTimes Whether words have their times. */
export function vttCue(cue: Cue, hasWordTimes: boolean): string {
  const voices = voicesOf(cue);
  const texts = hasWordTimes
    ? karaokeTexts(cue)
    : voices.map(({ lines }) => lines.map(escapeText).join('\n'));
  const text = voices
    .map((voice, index) => withVoiceTag(voice, (cue.dash ?? '') + (texts[index] ?? ''), voices.length > 1))
    .join('\n');
  return `\n${vttTimestamp(cue.start)} --> ${vttTimestamp(cue.end)}\n${text}\n`;
}

/** The text of each voice with the times of its words. A time must be after the one before it, and inside of the cue. */
function karaokeTexts(cue: Cue): string[] {
  let last = cue.start;
  return voicesOf(cue).map((voice) =>
    timedLines(voice)
      .map((pieces) =>
        pieces.map(({ text, beginMs }) => {
          const isValid = beginMs > last && beginMs < cue.end;
          if (isValid) last = beginMs;
          return (isValid ? `<${vttTimestamp(beginMs)}>` : '') + escapeText(text);
        }),
      )
      .map((pieces) => pieces.join(''))
      .join('\n'),
  );
}

/**
 * A text with a voice tag: `<v Ann>`. It ends with the cue, or with an end tag before another voice. Brackets of the name are
 * removed, because many players end the tag at the first one, even when it is escaped.
 */
function withVoiceTag({ speaker = '' }: Voice, text: string, hasEndTag: boolean): string {
  const name = speaker.replaceAll(/[<>]/g, '').trim();
  return name === '' ? text : `<v ${escapeText(name)}>${text}${hasEndTag ? '</v>' : ''}`;
}

/** Escapes WebVTT cue text. The escape of `>` also prevents `-->` in the text. */
function escapeText(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
