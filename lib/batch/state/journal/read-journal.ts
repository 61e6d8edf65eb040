import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportedError } from '../../../core/reported-error.ts';
import { orMissing } from '../../../core/system/missing-file.ts';
import type { BackendName } from '../../../engines/backend.ts';
import type { FinalSentence } from '../../../sentence.ts';
import { isSame, type LedgerKey, type OutputRecord } from '../ledger/ledger-entry.ts';
import { type Coverage, NO_COVERAGE, RecordingGaps, restOf } from './gaps.ts';
import { asEntry, isUsed } from './journal-entry.ts';
import { journalName } from './journal-name.ts';

/** What was recognised of one channel, or of all channels together. */
export interface JournaledChannel extends Coverage {
  /** End of its last sentence, in ms. */
  readonly endMs: number;
}

/** What the journal of a recording holds. */
export interface Journaled {
  /** In the order of their times. */
  readonly sentences: readonly FinalSentence[];
  /** What was recognised of each channel. The key is undefined when all channels were recognised together. */
  readonly channels: ReadonlyMap<number | undefined, JournaledChannel>;
  /** Warnings about audio whose words are missing from them. */
  readonly losses: readonly ReportedError[];
  /** Who recognised it, in their order; undefined stands for the engine of the settings. */
  readonly engines: readonly (BackendName | undefined)[];
  /** What the run that has finished the recording said of it: the sentences are its kept text. */
  readonly finished?: OutputRecord | undefined;
}

/** Reads the journal of a recording without changing it. */
export async function readJournal(statePath: string, key: LedgerKey): Promise<Journaled> {
  return await readEntries(join(statePath, journalName(key)), key);
}

/**
 * Reads a journal up to the first line that is damaged: most often the last one, cut when the program was killed. Text of an
 * engine that the key does not accept ends it too: from there on the recording is recognised again.
 * @returns Also the length of the part that is not damaged, in bytes.
 */
export async function readEntries(path: string, key: LedgerKey): Promise<Journaled & { bytes: number }> {
  const content = await orMissing(path, readFile(path), Buffer.alloc(0));
  const lines = wholeLines(content);
  const head = lines.next();
  const isOurs = !head.done && isSame(head.value.object as LedgerKey, key);
  let bytes = isOurs ? head.value.end : 0;
  const statesByChannel = new Map<number | undefined, ChannelState>();
  const stateOf = (channel: number | undefined): ChannelState => {
    const state = statesByChannel.get(channel) ?? { sentences: [], coverage: NO_COVERAGE, recent: 0 };
    statesByChannel.set(channel, state);
    return state;
  };
  const losses: ReportedError[] = [];
  const engines = new Set<BackendName | undefined>();
  let finishedAs: OutputRecord | undefined;
  for (const { object, end } of isOurs ? lines : []) {
    const entry = asEntry(object);
    if (!entry || !isUsed(entry, key)) break;
    const { sentence, losses: lost = [], gaps, lengthMs = null, channel, withdrawn, finished } = entry;
    if (gaps) {
      const state = stateOf(channel);
      state.coverage = { gaps, lengthMs };
      state.recent = state.sentences.length;
    }
    if (sentence) stateOf(channel).sentences.push(sentence);
    if (withdrawn !== undefined) stateOf(withdrawn).sentences.pop();
    losses.push(...lost);
    if (sentence || gaps) engines.add(entry.engine);
    finishedAs = finished;
    bytes = end;
  }
  const states = [...statesByChannel];
  return {
    sentences: states
      .flatMap(([, { sentences }]) => sentences)
      .toSorted((one, other) => one.begin_time - other.begin_time),
    losses,
    engines: [...engines],
    ...(finishedAs && { finished: finishedAs }),
    channels: new Map(states.map(([channel, state]) => [channel, channelOf(state)])),
    bytes,
  };
}

/** What the lines of one channel say. */
interface ChannelState {
  readonly sentences: FinalSentence[];
  coverage: Coverage;
  /** Number of sentences before the last line that has gaps. */
  recent: number;
}

function channelOf({ sentences, coverage, recent }: ChannelState): JournaledChannel {
  const later = sentences.slice(recent);
  return {
    gaps: coverage.gaps.flatMap((gap) => restOf(gap, later)),
    lengthMs: coverage.lengthMs,
    endMs: Math.max(0, ...sentences.map(({ end_time }) => end_time)),
  };
}

/** What is left of a recording, or of one of its channels. */
export function recordingGapsOf({ channels }: Pick<Journaled, 'channels'>, channel?: number): RecordingGaps {
  const { endMs, ...coverage } = channels.get(channel) ?? { ...NO_COVERAGE, endMs: 0 };
  return new RecordingGaps(coverage, endMs, channel);
}

/** The objects of all complete lines, and the position after each line. */
function* wholeLines(content: Buffer): Generator<{ object: object; end: number }, undefined> {
  for (let start = 0; ; ) {
    const end = content.indexOf('\n', start) + 1;
    const object = end > 0 && parse(content.toString('utf8', start, end));
    if (!object) return;
    yield { object, end };
    start = end;
  }
}

function parse(line: string): object | undefined {
  try {
    return Object(JSON.parse(line));
  } catch {
    return undefined;
  }
}
