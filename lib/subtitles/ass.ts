import { type CueOptions, flushMsOf } from './cues/cue-options.ts';
import { cuesStep } from './cues/cue-step.ts';
import { type Cue, type Voice, voicesOf } from './cues/cues.ts';
import { type TimedPiece, timedLines } from './karaoke.ts';
import { assTimestamp } from './timestamp.ts';
import { type SubtitleStream, writer } from './writer.ts';

/** Distance of the text from the lower edge, in pixels of the script's picture. */
const MARGIN_PX = 54;
/** Height of a line with its border. Players move events that touch each other, and change their order then. */
const LINE_HEIGHT_PX = 80;

/** The colour of words that were not spoken yet is the secondary one. Colours are `&HAABBGGRR`; an alpha of 00 is opaque. */
const HEAD = `[Script Info]
ScriptType: v4.00+
PlayResX: 1920
PlayResY: 1080
WrapStyle: 0
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,64,&H00FFFFFF,&H00A0A0A0,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,96,96,${MARGIN_PX},1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
`;

/**
 * `Sentence` objects → Advanced SubStation Alpha: the final sentences as readable cues, one event for each speaker of a
 * cue, with the speaker in the field `Name`. With `karaoke`, each word has its duration (`{\k}`). Without sentences the
 * output has no events. Times are in hundredths of a second.
 *
 * The grammar is that of "Sub Station Alpha v4.00+ Script Format", the specification that VSFilter and libass implement.
 * It has no escape for braces and backslashes in a text: they become full-width characters.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function ass(options: CueOptions = {}): SubtitleStream {
  const item = (cue: Cue): string => assCue(cue, options.karaoke ?? false);
  return writer('ass', cuesStep('ass', options), { head: HEAD, item }, options, flushMsOf(options));
}

function assCue(cue: Cue, hasWordTimes: boolean): string {
  const times = `${assTimestamp(cue.start)},${assTimestamp(cue.end)}`;
  const voices = voicesOf(cue);
  return voices
    .map((voice, index) => {
      const text = hasWordTimes ? karaokeText(voice, cue) : voice.lines.map(escapeText).join(String.raw`\N`);
      const margin = marginAbove(voices.slice(index + 1));
      return `Dialogue: 0,${times},Default,${escapeName(voice.speaker ?? '')},0,0,${margin},,${cue.dash ?? ''}${text}\n`;
    })
    .join('');
}

/** Players put the first of several events at the bottom. A margin keeps the order of the speakers; 0 is that of the style. */
function marginAbove(voicesBelow: readonly Voice[]): number {
  const lines = voicesBelow.flatMap((voice) => voice.lines).length;
  return lines === 0 ? 0 : MARGIN_PX + lines * LINE_HEIGHT_PX;
}

/** The text with a duration before each word and for each pause. They add up to the duration of the event. */
function karaokeText(voice: Voice, { start, end }: Cue): string {
  const endCs = Math.floor(end / 10);
  let nowCs = Math.floor(start / 10);
  /** The tag of what lasts up to a time. */
  const upTo = (ms: number): string => {
    const lastedCs = Math.max(0, Math.min(Math.floor(ms / 10), endCs) - nowCs);
    nowCs += lastedCs;
    return `{\\k${lastedCs}}`;
  };
  const isPause = (ms: number): boolean => Math.min(Math.floor(ms / 10), endCs) > nowCs;
  const word = ({ text, beginMs, endMs }: TimedPiece): string =>
    `${isPause(beginMs) ? upTo(beginMs) : ''}${upTo(endMs)}${escapeText(text)}`;
  const lines = timedLines(voice).map((pieces) => pieces.map(word).join(''));
  return lines.join(String.raw`\N`) + (isPause(end) ? upTo(end) : '');
}

const FULL_WIDTH = new Map([
  ['{', '｛'],
  ['}', '｝'],
  ['\\', '＼'],
]);

function escapeText(line: string): string {
  return line.replaceAll(/[{}\\]/g, (character) => FULL_WIDTH.get(character) ?? character);
}

/** A comma ends the field. */
function escapeName(speaker: string): string {
  return escapeText(speaker.replaceAll(/\s*,\s*/g, ' ')).trim();
}
