import { join } from 'node:path';
import { countChannels } from '../audio/count-channels.ts';
import { probe } from '../audio/probe.ts';
import { checkInstalled } from '../engines/check-installed.ts';
import { backendNameFor, checkBackend } from '../engines/choose-backend.ts';
import { configuredChoice, engineChoices } from '../engines/engine-list.ts';
import { asFunAsrError, type ErrorCode, type FunAsrError } from '../core/errors.ts';
import type { BatchOptions } from './batch-options.ts';
import { type Cost, type RunCosts, runCosts, usedQuota } from './cost.ts';
import { refuseTooLong } from './plan/expected-duration.ts';
import { DEFAULT_OUTPUT_FORMATS } from '../subtitles/formats.ts';
import { journalName } from './state/journal/journal-name.ts';
import { type Journaled, recordingGapsOf } from './state/journal/read-journal.ts';
import { JournalIndex } from './state/journal-index.ts';
import { type ReadFolder, readFolder, stateFolder } from './state/output-folder.ts';
import { type PlannedRecording, planTranscripts } from './plan/output-plan.ts';
import { gapError } from './recording/gap-error.ts';
import { lengthOfParts } from './state/journal/gaps.ts';
import { outputName } from './plan/output-names.ts';
import { findRecordings, outputRoots, STDIN } from './plan/find-recordings.ts';
import { type ReportedError, reportError } from '../core/reported-error.ts';
import { acceptedDigests, onlyEngine } from './state/settings.ts';
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

/** The last object of a preview. */
export interface PreviewSummary {
  readonly type: 'summary';
  readonly recordings: number;
  /** Length of the audio that is to be sent, in ms. */
  readonly durationMs: number;
  /** Price of it, less the free quota; null when it is free, or no price is known. */
  readonly estimatedCost: number | null;
  readonly currency: Cost['currency'] | null;
}

/**
 * Reports what {@link transcribeBatch} will do with the same options. Sends nothing and writes nothing.
 * @throws {FunAsrError} `E_NOTHING`, `E_OPTION`, `E_LANGUAGE`, `E_FFMPEG_MISSING`; `E_ENGINE`, `E_MODEL_MISSING` and
 * `E_MODEL_REFUSED` when a recording is to be sent to a local engine that is not complete; `E_INTERRUPTED` when `stop` or `signal` is aborted.
 */
export async function* previewBatch(
  options: BatchOptions,
  onWarning: (warning: FunAsrError) => void,
): AsyncGenerator<RecordingPreview | PreviewSummary> {
  const { formats = DEFAULT_OUTPUT_FORMATS, force = false, transcription } = options;
  const choices = engineChoices(transcription, options.nextEngines);
  const [first] = choices;
  checkBackend(first);
  const settings = acceptedDigests(backendNameFor(first), first);
  const { recordings, warnings } = await findRecordings(options.inputs);
  warnings.forEach(onWarning);
  const ends = [transcription.signal, transcription.stop].filter((signal) => signal !== undefined);
  const signal = AbortSignal.any(ends);
  const plans = await planTranscripts(recordings, options.outputDir, options.languageSuffix);
  const roots = await outputRoots(options.inputs, options.outputDir);
  const journals = await JournalIndex.of(new Set(plans.map(({ folder }) => folder)), roots);
  const states = new Map<string, ReadFolder>();
  for (const folder of new Set(plans.map((plan) => plan.folder)))
    states.set(folder, await readFolder(folder));
  const usedSeconds = await usedQuota(states.values(), options);
  const used = configuredChoice(choices);
  const costs = runCosts(backendNameFor(used), used, options, usedSeconds);
  const run = {
    transcription: { ...transcription, signal },
    checks: { formats, layout: options.layout, force, settings, onlyBy: onlyEngine(choices), journals },
  };
  const seen = new Set<string>();
  let durationMs = 0;
  for (const plan of plans) {
    const state = states.get(plan.folder) as ReadFolder;
    const { sentMs, ...previewed } = await preview(plan, { ...run, state, costs, seen });
    durationMs += sentMs;
    // As in a run, which opens the engine for the first recording that needs it. The last engine has none after it.
    if (SENDING.includes(previewed.action) && used === choices.at(-1)) await checkInstalled(used);
    yield previewed;
  }
  const { estimatedCost, currency } = costs.total;
  yield { type: 'summary', recordings: plans.length, durationMs, estimatedCost, currency };
}

/** What is sent to the engine. */
const SENDING: readonly RecordingPreview['action'][] = ['transcribe', 'complete'];

/** Errors that are not about a single recording: they end the preview. */
const ENDING: readonly ErrorCode[] = ['E_FFMPEG_MISSING', 'E_INTERRUPTED'];

/** What the previews of a run share. */
interface PreviewContext {
  readonly transcription: BatchOptions['transcription'];
  readonly checks: CheckFinishedOptions;
  readonly state: ReadFolder;
  readonly costs: RunCosts;
  /** The journals of the recordings before: another one with the same content is not sent again. */
  readonly seen: Set<string>;
}

/** @returns Also how much of it is to be sent, in ms. */
async function preview(
  plan: PlannedRecording,
  { transcription, checks, state: { ledger, hashes }, costs, seen }: PreviewContext,
): Promise<RecordingPreview & { readonly sentMs: number }> {
  const { input, folder, stem } = plan;
  const { ffmpegPath, maxDurationMs, signal } = transcription;
  const { formats, force, settings, onlyBy, journals } = checks;
  const outputs = formats.map((format) => join(folder, outputName(stem, format)));
  const nothing = { durationMs: null, estimatedCost: null, sentMs: 0 } as const;
  const known = { type: 'plan', input, outputs, ...nothing } as const;
  try {
    signal?.throwIfAborted();
    const statePath = stateFolder(folder);
    const { keys } = await ledgerKeys(plan, await checkedPath(plan), hashes, {
      settings,
      onlyBy,
      signal,
    });
    const [key] = keys;
    const finished = force ? undefined : await findFinished(plan, keys, ledger, checks, statePath);
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
    const sentMs = lengthOfParts(parts, durationMs);
    await costs.reserve(input, sentMs);
    const cost = costs.priceOf(sentMs);
    const action = journaled.channels.size > 0 ? 'complete' : 'transcribe';
    const price = cost && { estimatedCost: cost.amount, currency: cost.currency };
    return { ...known, action, durationMs, sentMs, ...price };
  } catch (cause) {
    const error = asFunAsrError(cause, input);
    if (ENDING.includes(error.code)) throw error;
    return { ...known, action: 'fail', error: reportError(error) };
  }
}

const NOTHING_DONE: Journaled = { sentences: [], losses: [], channels: new Map(), engines: [] };

/** The channels that are recognised separately; undefined stands for all of them together. */
async function separateChannels(
  input: string,
  { channels, audioTrack, languageHints, ffmpegPath, signal }: BatchOptions['transcription'],
): Promise<(number | undefined)[]> {
  if (channels !== 'split') return [undefined];
  const count = await countChannels(input, { audioTrack, languages: languageHints, ffmpegPath, signal });
  return Array.from({ length: count }, (_, channel) => channel);
}
