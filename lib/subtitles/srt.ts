import { type CueOptions, flushMsOf } from './cues/cue-options.ts';
import { cuesStep } from './cues/cue-step.ts';
import { speakerPrefix } from './cues/speaker.ts';
import { type Cue, voicesOf } from './cues/cues.ts';
import { srtTimestamp } from './timestamp.ts';
import { type SubtitleStream, writer } from './writer.ts';

/**
 * `Sentence` objects → SRT: the final sentences as numbered, readable cues. UTF-8; without a byte order mark and with LF unless
 * the options differ. The first cue of each turn of a speaker who is known begins with the name: `Ann: `. Without sentences the
 * output is empty.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function srt(options: CueOptions = {}): SubtitleStream {
  let last: string | undefined;
  const item = (cue: Cue, index: number): string => {
    const text = srtCue(cue, index, last);
    last = voicesOf(cue).at(-1)?.speaker;
    return text;
  };
  return writer(
    'srt',
    cuesStep('srt', options, { hasSpeakerPrefix: true }),
    { item },
    options,
    flushMsOf(options),
  );
}

/** @param before The speaker of the cue before, whose turn may continue. */
function srtCue(cue: Cue, index: number, before: string | undefined): string {
  const voices = voicesOf(cue);
  const isContinued = voices.length === 1 && cue.speaker === before;
  const lines = voices.flatMap(({ lines: [first = '', ...rest], speaker }) => [
    (cue.dash ?? '') + speakerPrefix(isContinued ? undefined : speaker) + first,
    ...rest,
  ]);
  // SRT has no escapes, and players would read a line with an arrow as a line of times.
  const text = lines.map((line) => line.replaceAll(/-{2,}>/g, '->')).join('\n');
  return `${index + 1}\n${srtTimestamp(cue.start)} --> ${srtTimestamp(cue.end)}\n${text}\n\n`;
}
