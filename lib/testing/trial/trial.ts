import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { checkOptions, integer, listOf, type Rule } from '../../core/options.ts';
import { type Comparison, compare, type ReceivedSentence } from './compare.ts';
import { exactEngine } from '../engine/exact-engine.ts';
import type { FiredFault } from '../faults/fault-injector.ts';
import { type Fault, FAULT_KINDS } from '../faults/fault-kinds.ts';
import { randomFaults } from '../faults/random-faults.ts';
import { randomScript } from '../audio/random-script.ts';
import { Resends } from './resend-monitor.ts';
import type { Script } from '../audio/script.ts';
import { selfDescribingAudio } from '../audio/self-describing-audio.ts';
import { slowEngine } from '../engine/slow-engine.ts';
import { startTestService } from '../test-service.ts';

/**
 * A client on trial: gives the final sentences that it makes of some audio.
 * @param baseUrl Where the service is.
 * @param audio s16le mono PCM at 16 kHz, as fast as it is read.
 * @param signal Aborts when the time is up.
 */
export type TrialClient = (
  baseUrl: string,
  audio: Readable,
  signal: AbortSignal,
) => AsyncIterable<ReceivedSentence>;

/** Options of {@link runTrial}. */
export interface TrialOptions {
  /** What audio and faults are made from. @default 1 */
  readonly seed?: number | undefined;
  /** Length of the audio, in ms. @default 30_000 */
  readonly durationMs?: number | undefined;
  /** What goes wrong. @default random faults of all kinds but `finish-early` */
  readonly faults?: readonly Fault[] | undefined;
  /** A client that is not done after this time, in ms, hangs. @default 60_000 */
  readonly timeoutMs?: number | undefined;
}

/** What became of the sentences in a trial, and what else there is to say. */
export interface Verdict extends Comparison {
  /** All sentences came once, whole and in order, their times are at most 20 ms off, and nothing final was sent again. */
  readonly isPassed: boolean;
  /** What the client failed with; a `TimeoutError` when it hung. */
  readonly failure: unknown;
  /** What was spoken. */
  readonly script: Script;
  /** The schedule. */
  readonly faults: readonly Fault[];
  /** What of it has happened. */
  readonly fired: readonly FiredFault[];
  /** Audio that the service heard again, in ms. */
  readonly resentMs: number;
  /** Of that, what the client had given out as final before, in ms. */
  readonly resentFinalMs: number;
}

/** Times are rounded to ms by client and service, each in its own way; more than a few are a defect. */
const MAX_TIME_ERROR_MS = 20;
/** How fast the service hears, by real time. What it is made to hold back is then a few seconds of audio. */
const RATE = 100;
/**
 * Audio that is read as fast as it can be is sent to its end before the service has heard much of it. An end that comes
 * when all was read but not heard is the one that the client has asked for: nobody could tell that it is early.
 */
const KINDS = FAULT_KINDS.filter((kind) => kind !== 'finish-early');

const anything: Rule = () => undefined;

/**
 * Puts a client on trial: one piece of audio, one schedule of faults, both made from a seed or given. Many trials can run
 * at once.
 * @throws {FunAsrError} `E_OPTION`; never what the client fails with, which is in the verdict.
 */
export async function runTrial(client: TrialClient, options: TrialOptions = {}): Promise<Verdict> {
  checkOptions('runTrial', options, {
    seed: integer(0, 2 ** 32 - 1),
    durationMs: integer(0, 86_400_000, 'ms'),
    faults: listOf(anything),
    timeoutMs: integer(1, 86_400_000, 'ms'),
  });
  const { seed = 1, durationMs = 30_000, timeoutMs = 60_000 } = options;
  const { faults = randomFaults(seed, { durationMs, kinds: KINDS }) } = options;
  const script = randomScript(seed, { durationMs });
  const resends = new Resends();
  const engine = resends.listen(slowEngine(exactEngine({ script }), RATE));
  const service = await startTestService({ engine, faults });
  const sentences: ReceivedSentence[] = [];
  try {
    const failure: unknown = await withLimit(timeoutMs, async (signal) => {
      for await (const sentence of client(service.url, selfDescribingAudio(script), signal)) {
        sentences.push(sentence);
        resends.confirm(sentence.end_time ?? 0);
      }
    });
    const comparison = compare(script, sentences);
    const { resentMs, resentFinalMs } = resends;
    const isOnTime = comparison.largestTimeErrorMs <= MAX_TIME_ERROR_MS;
    const isPassed = comparison.isExact && isOnTime && failure === undefined && resentFinalMs === 0;
    const fired = service.log.faults;
    return { ...comparison, isPassed, failure, script, faults, fired, resentMs, resentFinalMs };
  } finally {
    await service.close();
  }
}

/** Gives what some work fails with, if anything; not being done in time is a failure, too. */
async function withLimit(ms: number, work: (signal: AbortSignal) => Promise<void>): Promise<unknown> {
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new DOMException(`not done after ${ms} ms`, 'TimeoutError')),
    ms,
  );
  try {
    const late = once(limit.signal, 'abort').then(() => limit.signal.throwIfAborted());
    await Promise.race([work(limit.signal), late]);
    return undefined;
  } catch (error) {
    // Told by a signal, a client fails with an error of its own.
    return limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}
