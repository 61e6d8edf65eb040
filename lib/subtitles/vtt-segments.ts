import { FunAsrError } from '../core/errors.ts';
import { boolean, checkOptions, integer, type Rules } from '../core/options.ts';
import { STAGE_RULES, stage } from '../core/stage.ts';
import type { DuplexEvents, TypedDuplex } from '../core/typed-stream.ts';
import type { Sentence } from '../sentence.ts';
import { checkSentences } from './check-sentence.ts';
import { type CueOptions, flushMsOf, LAYOUT_RULES } from './cues/cue-options.ts';
import { type CueItems, cuesStep } from './cues/cue-step.ts';
import type { Cue } from './cues/cues.ts';
import { vttCue } from './vtt.ts';
import type { ItemStep } from './writer.ts';

/** Options of {@link vttSegments}. */
export interface VttSegmentOptions extends Omit<CueOptions, 'newline' | 'bom'> {
  /** Length of a segment: that of the video segments beside it. @default 6000 */
  readonly durationMs?: number | undefined;
  /** Presentation timestamp of the start of the input in the video, in units of 1/90000 s. @default 0 */
  readonly mpegTs?: number | undefined;
}

/** A piece of live subtitles. */
export interface VttSegment {
  /** From 0. */
  readonly index: number;
  /** Integer ms from the start of the input. */
  readonly beginMs: number;
  readonly endMs: number;
  /** A whole WebVTT file with the cues that are shown in this time, or without cues. */
  readonly text: string;
}

/** The stage that {@link vttSegments} makes: sentences in, segments out. */
export interface VttSegmentsStream extends TypedDuplex<DuplexEvents<VttSegment>> {}

const DEFAULT_DURATION_MS = 6000;

const RULES: Rules<VttSegmentOptions> = {
  ...STAGE_RULES,
  ...LAYOUT_RULES,
  karaoke: boolean,
  durationMs: integer(500, 600_000, 'ms'),
  mpegTs: integer(0, 2 ** 33, 'units of 1/90000 s'),
};

/** Longer pauses come from invalid times: they would give endless empty segments. */
const MAX_PAUSE_MS = 86_400_000;

/**
 * `Sentence` objects → WebVTT in segments, for HTTP Live Streaming: whole files of the same length, one after the other. A cue
 * that is shown in several segments is in each of them, and segments without text are written too. Source: RFC 8216, section
 * 3.5. With `live`, cues do not wait for the next sentence; a segment is written when the first cue after it is known, or at the
 * end.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function vttSegments(options: VttSegmentOptions = {}): VttSegmentsStream {
  checkOptions('vttSegments', options, RULES);
  const { durationMs = DEFAULT_DURATION_MS, mpegTs = 0, ...cueOptions } = options;
  const cues = cuesStep('vttSegments', cueOptions);
  const step = new SegmentStep(cues, durationMs, mpegTs, options.karaoke ?? false);
  return stage(checkSentences('vttSegments', step), {
    objectMode: true,
    signal: options.signal,
    flushMs: flushMsOf(options),
  });
}

class SegmentStep implements ItemStep<VttSegment> {
  readonly #cues: CueItems;
  readonly #durationMs: number;
  readonly #head: string;
  readonly #karaoke: boolean;
  /** The cues of the next segment, and of those after it. */
  #pending: Cue[] = [];
  #index = 0;

  constructor(cues: CueItems, durationMs: number, mpegTs: number, karaoke: boolean) {
    this.#cues = cues;
    this.#durationMs = durationMs;
    this.#head = `WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:${mpegTs},LOCAL:00:00:00.000\n`;
    this.#karaoke = karaoke;
  }

  prepare(sentence: Sentence): Promise<void> | undefined {
    return this.#cues.prepare?.(sentence);
  }

  *feed(sentence: Sentence): Generator<VttSegment> {
    yield* this.#add(this.#cues.feed(sentence));
  }

  *flush(): Generator<VttSegment> {
    yield* this.#add(this.#cues.flush());
  }

  *end(): Generator<VttSegment> {
    yield* this.#add(this.#cues.end());
    while (this.#pending.length > 0) yield this.#segment();
  }

  *#add(cues: Iterable<Cue>): Generator<VttSegment> {
    for (const cue of cues) {
      if (cue.start - this.#endMs > MAX_PAUSE_MS) {
        throw new FunAsrError(
          'E_OPTION',
          `vttSegments: a sentence begins at ${cue.start} ms, a day after the one before`,
        );
      }
      while (cue.start >= this.#endMs) yield this.#segment();
      this.#pending.push(cue);
    }
  }

  get #endMs(): number {
    return (this.#index + 1) * this.#durationMs;
  }

  #segment(): VttSegment {
    const endMs = this.#endMs;
    const shown = this.#pending.filter(({ start }) => start < endMs);
    const text = this.#head + shown.map((cue) => vttCue(cue, this.#karaoke)).join('');
    const segment = { index: this.#index, beginMs: endMs - this.#durationMs, endMs, text };
    this.#pending = this.#pending.filter(({ end }) => end > endMs);
    this.#index += 1;
    return segment;
  }
}
