import { type CueOptions, flushMsOf } from './cues/cue-options.ts';
import { type CueItems, cuesStep } from './cues/cue-step.ts';
import { speakerPrefix } from './cues/speaker.ts';
import { type Cue, voicesOf } from './cues/cues.ts';
import { joinTexts } from '../core/text/join-text.ts';
import { lrcTimestamp } from './timestamp.ts';
import { type ItemStep, type SubtitleStream, writer } from './writer.ts';

/** A line stays until the next one begins, unless the pause is longer. */
const CLEARING_PAUSE_MS = 500;

/** A line of the file. */
interface Entry {
  readonly atMs: number;
  readonly text: string;
}

/**
 * `Sentence` objects → LRC, which music players show: a line `[mm:ss.xx]text` for each cue. The lines of a cue become one.
 * An empty entry ends a cue before a pause, and the last one. The text of a speaker who is known begins with the
 * name: `Ann: `. Without sentences the output is empty.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function lrc(options: CueOptions = {}): SubtitleStream {
  const cues = cuesStep('lrc', options, { hasSpeakerPrefix: true });
  const item = ({ atMs, text }: Entry): string => `[${lrcTimestamp(atMs)}]${text}\n`;
  return writer('lrc', entriesStep(cues), { item }, options, flushMsOf(options));
}

/** Adds the entries that end cues. A cue is written at once; its end is written when the next cue is known. */
function entriesStep(cues: CueItems): ItemStep<Entry> {
  let lastEndMs: number | undefined;
  function* entries(next: Iterable<Cue>): Generator<Entry> {
    for (const cue of next) {
      if (lastEndMs !== undefined && cue.start - lastEndMs > CLEARING_PAUSE_MS)
        yield { atMs: lastEndMs, text: '' };
      yield { atMs: cue.start, text: textOf(cue) };
      lastEndMs = cue.end;
    }
  }
  return {
    prepare: (sentence) => cues.prepare?.(sentence),
    feed: (sentence) => entries(cues.feed(sentence)),
    flush: () => entries(cues.flush()),
    warnings: () => cues.warnings(),
    *end() {
      yield* entries(cues.end());
      if (lastEndMs !== undefined) yield { atMs: lastEndMs, text: '' };
    },
  };
}

function textOf(cue: Cue): string {
  const texts = voicesOf(cue).map(
    ({ speaker, lines }) => (cue.dash ?? '') + speakerPrefix(speaker) + joinTexts(lines),
  );
  return withoutTimeTags(joinTexts(texts));
}

/** LRC has no escapes, and players would read times in brackets as times of the line or of a word. */
function withoutTimeTags(text: string): string {
  return text.replaceAll(/[[<](?=\s*[\d-]+:)/g, (bracket) => (bracket === '[' ? '［' : '＜'));
}
