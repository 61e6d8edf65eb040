import type { ReportedError } from '../../../core/reported-error.ts';
import type { BackendName } from '../../../engines/backend.ts';
import { type FinalSentence, isSentenceEnd, type Sentence } from '../../../sentence.ts';
import { isAccepted, type LedgerKey, type OutputRecord } from '../ledger/ledger-entry.ts';
import type { Coverage, OpenGap } from './gaps.ts';

/** One line of a journal, after the first. */
export interface JournalEntry extends Partial<Coverage> {
  readonly sentence?: FinalSentence;
  readonly losses?: readonly ReportedError[];
  /**
   * The channel that the entry is about, from 0. The `channel_id` of a sentence does not say it: the service sets it in
   * every sentence. @default all channels together
   */
  readonly channel?: number | undefined;
  /** Who recognised it. @default the engine of the settings */
  readonly engine?: BackendName | undefined;
  /** Takes back the last sentence of this channel. */
  readonly withdrawn?: number;
  /** In the last line: the recording is finished. */
  readonly finished?: OutputRecord;
}

/** Whether the text of an entry is accepted: it is of the engine that the key asks for. */
export function isUsed({ engine, finished }: JournalEntry, key: LedgerKey): boolean {
  if (finished && !isAccepted(finished, key)) return false;
  return engine === undefined || key.onlyBy === undefined || engine === key.onlyBy;
}

/** An entry, when all parts of it can be used. */
export function asEntry(object: object): JournalEntry | undefined {
  const { sentence, losses, gaps, lengthMs, channel, engine, withdrawn, finished } = object as JournalEntry;
  const isEntry =
    [sentence, gaps, withdrawn, finished].some((value) => value !== undefined) &&
    (finished === undefined || isRecord(finished)) &&
    (engine === undefined || typeof engine === 'string') &&
    [channel, withdrawn].every((value) => value === undefined || Number.isSafeInteger(value)) &&
    (sentence === undefined || isFinal(Object(sentence))) &&
    (losses === undefined || (Array.isArray(losses) && losses.every(isReported))) &&
    (gaps === undefined || (Array.isArray(gaps) && gaps.every(isGap))) &&
    (lengthMs === undefined || lengthMs === null || Number.isFinite(lengthMs));
  return isEntry ? object : undefined;
}

function isFinal(object: Partial<Sentence>): object is FinalSentence {
  const { sentence_id, text, words } = object;
  return (
    typeof sentence_id === 'number' &&
    typeof text === 'string' &&
    Array.isArray(words) &&
    isSentenceEnd(object as Sentence)
  );
}

function isRecord(value: unknown): boolean {
  const { durationMs, sentences, engine, model, isPartial } = Object(value) as Partial<OutputRecord>;
  return (
    [durationMs, sentences].every(Number.isFinite) &&
    [engine, model].every((name) => typeof name === 'string') &&
    typeof isPartial === 'boolean'
  );
}

function isReported(value: unknown): boolean {
  const { code, message } = Object(value) as Partial<ReportedError>;
  return typeof code === 'string' && typeof message === 'string';
}

function isGap(value: unknown): boolean {
  const { beginMs, endMs, retries } = Object(value) as Partial<OpenGap>;
  return [beginMs, endMs, retries].every(Number.isFinite);
}
