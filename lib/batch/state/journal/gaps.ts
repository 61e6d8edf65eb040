import type { TimeSpan } from '../../../core/errors.ts';
import type { FinalSentence } from '../../../sentence.ts';

/** A part of a recording that the service did not recognise when it was sent. */
export interface OpenGap extends TimeSpan {
  /** Number of later runs that have sent it again and failed. */
  readonly retries: number;
}

/** A part of a recording that is still to be recognised, in ms from its start. */
export interface Part {
  readonly fromMs: number;
  /** Undefined for the end of the recording. */
  readonly untilMs?: number;
  /** The channel that it belongs to, from 0; undefined when all channels are recognised together. */
  readonly channel?: number;
  /** The gap that it closes; undefined for the part after everything that was recognised. */
  readonly gap?: OpenGap;
}

/** The stored state of a recording, without its sentences. */
export interface Coverage {
  /** In the order of their times. */
  readonly gaps: readonly OpenGap[];
  /** Length of the recording in ms; null until it was recognised to its end. */
  readonly lengthMs: number | null;
}

/** Nothing was recognised, nothing was given up. */
export const NO_COVERAGE: Coverage = { gaps: [], lengthMs: null };

/** Number of later runs that send a gap again. */
const MAX_RETRIES = 3;

/**
 * The gaps of one recording, and the parts that are still to be recognised. A gap of this run is a part of the next
 * run.
 */
export class RecordingGaps {
  readonly #endMs: number;
  readonly #channel: number | undefined;
  #gaps: OpenGap[];
  #lengthMs: number | null;

  /**
   * @param endMs End of the last sentence that was recognised, in ms.
   * @param channel The channel that it is about, from 0. @default all channels together
   */
  constructor({ gaps, lengthMs }: Coverage, endMs: number, channel?: number) {
    this.#channel = channel;
    this.#gaps = [...gaps];
    this.#lengthMs = lengthMs;
    this.#endMs = Math.max(endMs, ...gaps.map((gap) => gap.endMs));
  }

  get coverage(): Coverage {
    return { gaps: this.#gaps, lengthMs: this.#lengthMs };
  }

  get gaps(): readonly OpenGap[] {
    return this.#gaps;
  }

  /** End of what was recognised or given up, in ms. */
  get endMs(): number {
    return this.#lengthMs ?? this.#endMs;
  }

  /** The parts that a run has to recognise, in the order of time, without gaps that have failed too often. */
  get parts(): Part[] {
    const gaps = this.#gaps.filter(isRetried);
    const channel = this.#channel === undefined ? {} : { channel: this.#channel };
    const parts: Part[] = gaps.map((gap) => ({ fromMs: gap.beginMs, untilMs: gap.endMs, ...channel, gap }));
    return this.#lengthMs === null ? [...parts, { fromMs: this.#endMs, ...channel }] : parts;
  }

  /** Adds a gap within a part. The next run sends it again; this run continues with the part after it. */
  giveUp({ gap }: Part, { beginMs, endMs }: TimeSpan): void {
    const retries = gap ? gap.retries + 1 : 0;
    const rest = this.#gaps.filter((open) => !isRestOf(open, gap));
    const after = gap && endMs < gap.endMs ? [{ ...gap, beginMs: endMs }] : [];
    this.#gaps = joined([...rest, { beginMs, endMs, retries }, ...after]);
  }

  /** Marks a part as recognised to its end, except for its gaps. */
  complete({ gap }: Part, lengthMs: number): void {
    if (!gap) this.#lengthMs = lengthMs;
    this.#gaps = this.#gaps.filter((open) => !isRestOf(open, gap));
  }
}

/** Whether a gap will be sent again by the next run. */
export function isRetried({ retries }: OpenGap): boolean {
  return retries < MAX_RETRIES;
}

/** The rest of a gap of which an interrupted run has recognised the beginning: none or one. */
export function restOf(gap: OpenGap, sentences: readonly FinalSentence[]): OpenGap[] {
  // A sentence may end a few ms after its audio, so its middle decides whether it lies in the gap.
  const inside = sentences.filter(({ begin_time, end_time }) => {
    const middle = (begin_time + end_time) / 2;
    return middle >= gap.beginMs && middle < gap.endMs;
  });
  const beginMs = Math.max(gap.beginMs, ...inside.map(({ end_time }) => end_time));
  return beginMs < gap.endMs ? [{ ...gap, beginMs }] : [];
}

/** Length of some parts of a recording, in ms. */
export function lengthOf(spans: readonly TimeSpan[]): number {
  return spans.reduce((sum, { beginMs, endMs }) => sum + endMs - beginMs, 0);
}

/** Length of parts of a recording of a known length, in ms. */
export function lengthOfParts(parts: readonly Part[], durationMs: number): number {
  return parts.reduce((sum, { fromMs, untilMs = durationMs }) => sum + Math.max(0, untilMs - fromMs), 0);
}

/** The rest of a gap keeps its end and its number of retries: only its beginning moves. */
function isRestOf(open: OpenGap, gap: OpenGap | undefined): boolean {
  return gap !== undefined && open.endMs === gap.endMs && open.retries === gap.retries;
}

/** Sorts gaps, and joins those that touch. */
function joined(gaps: readonly OpenGap[]): OpenGap[] {
  const all: OpenGap[] = [];
  for (const gap of gaps.toSorted((one, other) => one.beginMs - other.beginMs)) {
    const last = all.at(-1);
    if (last && last.retries === gap.retries && gap.beginMs <= last.endMs) {
      all[all.length - 1] = { ...last, endMs: Math.max(last.endMs, gap.endMs) };
    } else all.push(gap);
  }
  return all;
}
