import { join } from 'node:path';
import { countChannels } from '../audio/count-channels.ts';
import { probe } from '../audio/probe.ts';
import { backendNameFor } from '../engines/choose-backend.ts';
import { asFunAsrError, type ErrorCode, type FunAsrError } from '../core/errors.ts';
import type { BatchOptions } from './batch.ts';
import { type Cost, estimateCost } from './cost.ts';
import { refuseTooLong } from './plan/expected-duration.ts';
import { DEFAULT_OUTPUT_FORMATS } from '../subtitles/formats.ts';
import { type Journaled, readJournal, recordingGapsOf } from './state/journal.ts';
import { Ledger } from './state/ledger.ts';
import { stateFolder } from './state/output-folder.ts';
import { type PlannedRecording, planTranscripts } from './plan/output-plan.ts';
import { gapError } from './recording/gap-error.ts';
import type { Part } from './state/gaps.ts';
import { outputName } from './plan/output-names.ts';
import { findRecordings, STDIN } from './plan/find-recordings.ts';
import { type ReportedError, reportError } from '../core/reported-error.ts';
import { settingsDigest } from './state/settings.ts';
import { finishedEntry, ledgerKey, type CheckFinishedOptions } from './plan/check-finished.ts';

/** What a run will do with one recording. */
export interface RecordingPreview {
  readonly type: 'preview';
  readonly input: string;
  /**
   * `todo`: it will be transcribed. `skipped`: an earlier run has finished it. `failed`: it cannot be transcribed, see
   * `error`.
   */
  readonly status: 'todo' | 'skipped' | 'failed';
  /** Paths of the outputs. */
  readonly outputs: readonly string[];
  /** Length by its header; null when the header does not have it. */
  readonly durationMs: number | null;
  /** Price of the part that is not recognised yet; null when it is free, or no price is known. */
  readonly estimatedCost: Cost | null;
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
  const settings = settingsDigest(backendNameFor(transcription), transcription);
  const { recordings, warnings } = await findRecordings(options.inputs);
  warnings.forEach(onWarning);
  const ends = [transcription.signal, transcription.stop].filter((signal) => signal !== undefined);
  const signal = AbortSignal.any(ends);
  for (const plan of await planTranscripts(recordings, options.outputDir)) {
    yield await preview(plan, { ...transcription, signal }, { formats, force, settings });
  }
}

/** Errors that are not about a single recording: they end the preview. */
const ENDING: readonly ErrorCode[] = ['E_FFMPEG_MISSING', 'E_INTERRUPTED'];

async function preview(
  plan: PlannedRecording,
  transcription: BatchOptions['transcription'],
  options: CheckFinishedOptions,
): Promise<RecordingPreview> {
  const { input, folder, stem } = plan;
  const { ffmpegPath, maxDurationMs, signal } = transcription;
  const outputs = options.formats.map((format) => join(folder, outputName(stem, format)));
  const known = { type: 'preview', input, outputs, durationMs: null, estimatedCost: null } as const;
  try {
    signal?.throwIfAborted();
    const key = await ledgerKey(plan, options.settings);
    const finished = await finishedEntry(plan, key, await Ledger.read(folder), options);
    if (finished) return { ...known, status: 'skipped', durationMs: finished.durationMs };
    if (input === STDIN) return { ...known, status: 'todo' };
    const header = await probe(input, { ffmpegPath, signal });
    const { durationMs } = header;
    if (durationMs === undefined) return { ...known, status: 'todo' };
    refuseTooLong(input, header, maxDurationMs);
    const channels = await separateChannels(input, transcription);
    const journaled = options.force ? NOTHING_DONE : await readJournal(stateFolder(folder), key);
    const all = channels.map((channel) => recordingGapsOf(journaled, channel));
    const parts = all.flatMap((one) => one.parts);
    const gaps = all.flatMap((one) => one.gaps);
    if (parts.length === 0 && gaps.length > 0) throw gapError(input, gaps);
    const cost = estimateCost(backendNameFor(transcription), lengthOf(parts, durationMs), transcription);
    return { ...known, status: 'todo', durationMs, estimatedCost: cost ?? null };
  } catch (cause) {
    const error = asFunAsrError(cause, input);
    if (ENDING.includes(error.code)) throw error;
    return { ...known, status: 'failed', error: reportError(error) };
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
