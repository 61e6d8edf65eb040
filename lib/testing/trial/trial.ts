import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { checkOptions, integer, listOf, type Rule } from '../../core/options.ts';
import { randomScript } from '../audio/random-script.ts';
import type { Script } from '../audio/script.ts';
import { selfDescribingAudio } from '../audio/self-describing-audio.ts';
import { exactEngine } from '../engine/exact-engine.ts';
import { slowEngine } from '../engine/slow-engine.ts';
import type { FiredFault } from '../faults/fault-injector.ts';
import { type Fault, FAULT_KINDS } from '../faults/fault-kinds.ts';
import { randomFaults } from '../faults/random-faults.ts';
import { startTestService } from '../test-service.ts';
import { type Comparison, compare, type ReceivedSentence } from './compare.ts';
import { ResendMonitor } from './resend-monitor.ts';

/**
 * The client under test: recognises audio and yields the final sentences.
 * @param baseUrl Address of the service.
 * @param audio s16le mono PCM at 16 kHz, without a limit of speed.
 * @param signal Aborts at the time limit.
 */
export type TrialClient = (
  baseUrl: string,
  audio: Readable,
  signal: AbortSignal,
) => AsyncIterable<ReceivedSentence>;

/** Options of {@link runTrial}. */
export interface TrialOptions {
  /** Seed of the audio and of the faults. @default 1 */
  readonly seed?: number | undefined;
  /** Length of the audio, in ms. @default 30_000 */
  readonly durationMs?: number | undefined;
  /** The faults to inject. @default random faults of all kinds except `finish-early` */
  readonly faults?: readonly Fault[] | undefined;
  /** Time limit in ms. A client that has not ended by then counts as hung. @default 60_000 */
  readonly timeoutMs?: number | undefined;
}

/** The result of a trial. */
export interface TrialResult extends Comparison {
  /**
   * Whether the client is correct: each sentence came once, complete and in order, its times are at most 20 ms off,
   * nothing final was sent again, and the client ended without an error.
   */
  readonly isPassed: boolean;
  /** The error that the client threw; a `TimeoutError` if it hung; undefined if it ended normally. */
  readonly error: unknown;
  /** The script of the audio. */
  readonly script: Script;
  /** The complete schedule of faults. */
  readonly faults: readonly Fault[];
  /** The faults that have fired. */
  readonly fired: readonly FiredFault[];
  /** Audio that the client sent again, in ms. */
  readonly resentMs: number;
  /** The part of it that the client had already reported as final, in ms. */
  readonly resentFinalMs: number;
}

/** Client and service round times to ms, each in its own way. A larger difference is a defect. */
const MAX_TIME_ERROR_MS = 20;
/** Speed of the service, as a multiple of real time. A delay of its messages then covers a few seconds of audio only. */
const RATE = 100;
/**
 * The client sends all audio before the service has processed much of it. An early task-finished then looks like the
 * answer to finish-task, so no client can detect that it is early.
 */
const KINDS = FAULT_KINDS.filter((kind) => kind !== 'finish-early');

const anything: Rule = () => undefined;

/**
 * Tests a client: runs it against a test service, with audio and faults from a seed, and checks its sentences. Many
 * trials can run at the same time.
 * @throws {FunAsrError} `E_OPTION`. An error of the client is not thrown; it is in the result.
 */
export async function runTrial(client: TrialClient, options: TrialOptions = {}): Promise<TrialResult> {
  checkOptions('runTrial', options, {
    seed: integer(0, 2 ** 32 - 1),
    durationMs: integer(0, 86_400_000, 'ms'),
    faults: listOf(anything),
    timeoutMs: integer(1, 86_400_000, 'ms'),
  });
  const { seed = 1, durationMs = 30_000, timeoutMs = 60_000 } = options;
  const { faults = randomFaults(seed, { durationMs, kinds: KINDS }) } = options;
  const script = randomScript(seed, { durationMs });
  const monitor = new ResendMonitor();
  const engine = monitor.watch(slowEngine(exactEngine({ script }), RATE));
  const service = await startTestService({ engine, faults });
  const sentences: ReceivedSentence[] = [];
  try {
    const error: unknown = await errorOf(timeoutMs, async (signal) => {
      for await (const sentence of client(service.url, selfDescribingAudio(script), signal)) {
        sentences.push(sentence);
        monitor.addFinal(sentence.end_time ?? 0);
      }
    });
    const comparison = compare(script, sentences);
    const { resentMs, resentFinalMs } = monitor;
    const isOnTime = comparison.largestTimeErrorMs <= MAX_TIME_ERROR_MS;
    const isPassed = comparison.isExact && isOnTime && error === undefined && resentFinalMs === 0;
    const fired = service.log.faults;
    return { ...comparison, isPassed, error, script, faults, fired, resentMs, resentFinalMs };
  } finally {
    await service.close();
  }
}

/** Runs a function with a time limit and returns the error that it throws, or a `TimeoutError`; undefined if it ends. */
async function errorOf(timeoutMs: number, run: (signal: AbortSignal) => Promise<void>): Promise<unknown> {
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new DOMException(`The client has not ended after ${timeoutMs} ms.`, 'TimeoutError')),
    timeoutMs,
  );
  try {
    const timedOut = once(limit.signal, 'abort').then(() => limit.signal.throwIfAborted());
    await Promise.race([run(limit.signal), timedOut]);
    return undefined;
  } catch (error) {
    // An aborted client throws an error of its own.
    return limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}
