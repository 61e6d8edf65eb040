import { join } from 'node:path';
import { countChannels } from '../audio/count-channels.ts';
import { probe } from '../audio/probe.ts';
import { backendNameFor } from '../engines/choose-backend.ts';
import { asFunAsrError, type ErrorCode, type FunAsrError } from '../core/errors.ts';
import type { BatchOptions } from './batch.ts';
import { type Cost, estimateCost } from './cost.ts';
import { refuseTooLong } from './plan/expected-duration.ts';
import { DEFAULT_OUTPUT_FORMATS } from '../subtitles/formats.ts';
import { ContentHashes } from './state/content-hash.ts';
import { type Journaled, journalName, recordingGapsOf } from './state/journal.ts';
import { JournalIndex } from './state/journal-index.ts';
import { Ledger } from './state/ledger.ts';
import { stateFolder } from './state/output-folder.ts';
import { type PlannedRecording, planTranscripts } from './plan/output-plan.ts';
import { gapError } from './recording/gap-error.ts';
import type { Part } from './state/gaps.ts';
import { outputName } from './plan/output-names.ts';
import { findRecordings, STDIN } from './plan/find-recordings.ts';
import { type ReportedError, reportError } from '../core/reported-error.ts';
import { acceptedDigests } from './state/settings.ts';
import {
  allNames,
  checkedPath,
  type CheckFinishedOptions,
  findFinished,
  ledgerKeys,
} from './plan/check-finished.ts';

/** What a run will do with one recording. */
export interface RecordingPreview {
  readonly type: 'plan';
  readonly input: string;
  /**
   * `transcribe`: all of it. `complete`: the gaps, or the rest, of what an earlier run has begun. `rewrite`: its outputs
   * are made of kept text, which is free. `skip`: an earlier run has finished it. `fail`: it cannot be transcribed, see
   * `error`.
   */
  readonly action: 'transcribe' | 'complete' | 'rewrite' | 'skip' | 'fail';
  /** Paths of the outputs. */
  readonly outputs: readonly string[];
  /** Length by its header, or by what was recognised; null when it is not known. */
  readonly durationMs: number | null;
  /** Price of the part that is not recognised yet; null when no price is known, or no length. */
  readonly estimatedCost: number | null;
  readonly currency?: Cost['currency'];
  readonly error?: ReportedError;
}

/**
 * Reports what {@link transcribeBatch} will do with the same options. Sends nothing and writes nothing.
 * @throws {FunAsrError} `E_NOTHING`, `E_OPTION`, `E_FFMPEG_MISSING`; `E_INTERRUPTED` when `stop` or `signal` is aborted.
 */
export async function* previewBatch(
  options: BatchOptions,
  onWarning: (warning: FunAsrError) => void,
): AsyncGenerator<RecordingPreview> {
  const { formats = DEFAULT_OUTPUT_FORMATS, force = false, transcription } = options;
  const settings = acceptedDigests(backendNameFor(transcription), transcription);
  const { recordings, warnings } = await findRecordings(options.inputs);
  warnings.forEach(onWarning);
  const ends = [transcription.signal, transcription.stop].filter((signal) => signal !== undefined);
  const signal = AbortSignal.any(ends);
  const plans = await planTranscripts(recordings, options.outputDir);
  const journals = await JournalIndex.of(new Set(plans.map(({ folder }) => folder)));
  const states = new Map<string, Promise<FolderState>>();
  const seen = new Set<string>();
  for (const plan of plans) {
    const state = states.get(plan.folder) ?? readState(plan.folder);
    states.set(plan.folder, state);
    const checks = { formats, force, settings, journals };
    yield await preview(plan, { ...transcription, signal }, checks, await state, seen);
  }
}

/** What earlier runs have left in an output folder. */
interface FolderState {
  readonly ledger: Ledger;
  readonly hashes: ContentHashes;
}

async function readState(folder: string): Promise<FolderState> {
  return { ledger: await Ledger.read(folder), hashes: await ContentHashes.read(stateFolder(folder)) };
}

/** Errors that are not about a single recording: they end the preview. */
const ENDING: readonly ErrorCode[] = ['E_FFMPEG_MISSING', 'E_INTERRUPTED'];

/** @param seen The journals of the recordings before: another one with the same content is not sent again. */
async function preview(
  plan: PlannedRecording,
  transcription: BatchOptions['transcription'],
  options: CheckFinishedOptions,
  { ledger, hashes }: FolderState,
  seen: Set<string>,
): Promise<RecordingPreview> {
  const { input, folder, stem } = plan;
  const { ffmpegPath, maxDurationMs, signal } = transcription;
  const { formats, force, settings, journals } = options;
  const outputs = formats.map((format) => join(folder, outputName(stem, format)));
  const known = { type: 'plan', input, outputs, durationMs: null, estimatedCost: null } as const;
  try {
    signal?.throwIfAborted();
    const statePath = stateFolder(folder);
    const { keys } = await ledgerKeys(plan, await checkedPath(plan), hashes, settings);
    const [key] = keys;
    const finished = force ? undefined : await findFinished(plan, keys, ledger, options, statePath);
    if (finished) {
      const { record, found } = finished;
      if (record) await ledger.claim(finished.key, found.missing);
      const { durationMs } = record ?? finished.entry;
      return { ...known, action: record ? 'rewrite' : 'skip', durationMs, estimatedCost: 0 };
    }
    if (!force) await ledger.claim(key, allNames(plan, formats));
    if (input === STDIN) return { ...known, action: 'transcribe' };
    const header = await probe(input, { ffmpegPath, signal });
    const { durationMs } = header;
    if (durationMs === undefined) return { ...known, action: 'transcribe' };
    refuseTooLong(input, header, maxDurationMs);
    if (seen.has(journalName(key))) return { ...known, action: 'rewrite', durationMs, estimatedCost: 0 };
    seen.add(journalName(key));
    const channels = await separateChannels(input, transcription);
    const journaled = force ? NOTHING_DONE : await journals.read(key, statePath);
    const all = channels.map((channel) => recordingGapsOf(journaled, channel));
    const parts = all.flatMap((one) => one.parts);
    const gaps = all.flatMap((one) => one.gaps);
    if (parts.length === 0 && gaps.length > 0) throw gapError(input, gaps);
    const cost = estimateCost(backendNameFor(transcription), lengthOf(parts, durationMs), transcription);
    const action = journaled.channels.size > 0 ? 'complete' : 'transcribe';
    const price = cost && { estimatedCost: cost.amount, currency: cost.currency };
    return { ...known, action, durationMs, ...price };
  } catch (cause) {
    const error = asFunAsrError(cause, input);
    if (ENDING.includes(error.code)) throw error;
    return { ...known, action: 'fail', error: reportError(error) };
  }
}

const NOTHING_DONE: Journaled = { sentences: [], losses: [], channels: new Map() };

/** The channels that are recognised separately; undefined stands for all of them together. */
async function separateChannels(
  input: string,
  { channels, audioTrack, languageHints, ffmpegPath, signal }: BatchOptions['transcription'],
): Promise<(number | undefined)[]> {
  if (channels !== 'split') return [undefined];
  const count = await countChannels(input, { audioTrack, languages: languageHints, ffmpegPath, signal });
  return Array.from({ length: count }, (_, channel) => channel);
}

function lengthOf(parts: readonly Part[], durationMs: number): number {
  return parts.reduce((sum, { fromMs, untilMs = durationMs }) => sum + Math.max(0, untilMs - fromMs), 0);
}
