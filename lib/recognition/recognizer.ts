import { setTimeout as wait } from 'node:timers/promises';
import { FunAsrError, type TimeSpan } from '../core/errors.ts';
import { abortable } from '../core/deadline.ts';
import { hasSpeechDynamics } from '../media/speech-dynamics.ts';
import { isSentenceEnd, type LastSentence, type Sentence } from '../sentence.ts';
import { Backlog } from './input/backlog.ts';
import { type Gap, publish, type Reconnect, type TaskDiagnostics } from './events/diagnostics.ts';
import type { Endpoint } from '../protocol/endpoint.ts';
import { Feeder } from './input/feeder.ts';
import { type FinalLog, finalLogFor } from './recovery/final-log.ts';
import { Losses } from './recovery/losses.ts';
import type { Usage, WireSentence } from '../protocol/messages/service-events.ts';
import { Meter, type RecognitionMetrics } from './events/metrics.ts';
import { Recovery } from './recovery/recovery.ts';
import { finishedEarly, type Task, type TaskOptions } from './task/task.ts';
import { TaskStarter } from './task/task-starter.ts';

/** What a {@link Recognizer} is made of, all of it checked. */
export interface RecognizerOptions {
  readonly endpoint: Endpoint;
  /** Whether the service reports speech that it did not recognise. The client guesses otherwise. @default false */
  readonly reportsUnrecognized?: boolean | undefined;
  readonly keepAlive: boolean;
  readonly isLive: boolean;
  /** Behind which sentence of an earlier recognition the input begins: numbers and times go on from there. */
  readonly after?: LastSentence | undefined;
  readonly task: TaskOptions;
  /** Failures of poison audio that are closer together count as one, in ms. @default 5000 */
  readonly poisonSpacingMs?: number | undefined;
}

/** The longest time that a probe task takes, in ms. */
const MAX_PROBE_MS = 15_000;
/** Where the probe tasks of one failure begin, in bytes after the failing audio: the next one when the one before failed. */
const PROBE_STEPS_BYTES = [0, 64_000, 256_000];

/** What a {@link Recognizer} tells. */
export interface RecognizerEvents {
  /** The first task has started. */
  onOpen(taskId: string): void;
  /** @returns Whether more may come at once. */
  onSentence(sentence: Sentence): boolean;
  onWarning(warning: FunAsrError): void;
  onReconnect(reconnect: Reconnect): void;
  onGap(gap: Gap): void;
}

/**
 * Carries one input through as many tasks as it takes. What it is given waits in a backlog, from which the present task
 * is fed, and stays there until a final sentence covers it: after a failure the next task begins where the text ends.
 * Whoever reads the sentences cannot tell.
 */
export class Recognizer {
  readonly #reportsUnrecognized: boolean;
  readonly #events: RecognizerEvents;
  readonly #backlog: Backlog;
  readonly #feeder: Feeder;
  readonly #starter: TaskStarter;
  readonly #recovery: Recovery;
  readonly #losses: Losses;
  readonly #meter = new Meter();
  readonly #destroyed = new AbortController();
  /** Nothing is tried again any more. */
  readonly #stopped = new AbortController();
  #task: Task | undefined;
  #isOpen = false;
  /** Where the text ended when a task was last said to be finished too early. */
  #doubtedAt = -1;
  /** Whether the present task has had any result. */
  #hasResult = false;
  /** The task that is a probe: its results are only counted. */
  #probe: { hasFinal: boolean } | undefined;
  readonly #finals: FinalLog;
  readonly #name = Symbol('recognition');

  constructor(options: RecognizerOptions, events: RecognizerEvents) {
    const { endpoint, keepAlive, isLive, after, task, poisonSpacingMs } = options;
    this.#reportsUnrecognized = options.reportsUnrecognized ?? false;
    const { signal } = this.#destroyed;
    const limitsSilence = task.parameters.heartbeat !== true;
    const backlog = new Backlog({ pcmBytesPerMs: task.pcmBytesPerMs, after, limitsSilence });
    this.#finals = finalLogFor(endpoint, task.model);
    const losses = new Losses((gap) => events.onGap(gap));
    this.#events = events;
    this.#backlog = backlog;
    this.#losses = losses;
    this.#recovery = new Recovery({
      backlog,
      losses,
      limits: task.limits,
      hasKeyFunction: endpoint.hasKeyFunction,
      isServiceProven: (sinceMs) => this.#finals.hasOtherSince(this.#name, sinceMs),
      poisonSpacingMs,
    });
    this.#feeder = new Feeder({
      backlog,
      meter: this.#meter,
      isLive,
      keepAlive,
      isSuspect: () => this.#recovery.isSuspect,
      signal,
    });
    this.#starter = new TaskStarter({
      endpoint,
      task,
      signal,
      events: {
        onResult: (result, usage, taskId) => this.#give(result, usage, taskId),
        onWarning: (warning) => events.onWarning(warning),
        onFailed: () => this.#feeder.wake(),
      },
      onAsked: (asked) => {
        this.#task = asked;
        this.#meter.asked(asked.id);
      },
    });
  }

  /** What is known by now; undefined before there was a task. */
  get metrics(): RecognitionMetrics | undefined {
    return this.#meter.metrics;
  }

  /** Audio given to the service so far, in ms; of encoded audio an upper bound. */
  get handedMs(): number {
    return this.#backlog.furthestMs;
  }

  /**
   * Recognises all that is written until the end. Resolves when everything is final.
   * @throws {FunAsrError} what cannot be tried again, or was tried often enough; an `AbortError` when destroyed.
   */
  async run(): Promise<void> {
    while (await this.#feeder.hasMore(() => this.#recovery.pausedAt)) {
      this.#tellOverflow();
      try {
        await this.#runTask();
      } catch (error) {
        if (!(error instanceof FunAsrError)) throw error;
        await this.#recover(error);
      }
    }
    this.#tellOverflow();
    this.#losses.tell();
  }

  /** Starts a task without waiting for audio. */
  demand(): void {
    this.#feeder.demand();
  }

  /**
   * Takes audio. Nothing to wait for when a task took it at once, nor for a live source, which cannot wait; else it
   * resolves when a task was given all of it.
   */
  write(audio: Uint8Array): Promise<void> | undefined {
    return this.#feeder.write(audio);
  }

  /** There is no more audio. */
  end(): void {
    this.#feeder.end();
  }

  /** What is under way is recognised to its end, but what fails from now on is not tried again. */
  stop(): void {
    this.#stopped.abort();
  }

  /** Stops reading results, so that a slow reader slows the service. */
  pause(): void {
    this.#task?.pause();
  }

  resume(): void {
    this.#task?.resume();
  }

  /** Ends all at once. Resolves when the connection is gone. */
  async destroy(): Promise<void> {
    this.#destroyed.abort();
    this.#task?.abandon();
    this.#feeder.wake();
    await this.#starter.end();
  }

  async #runTask(): Promise<void> {
    // A task that never starts is given nothing.
    this.#backlog.beginTask();
    const task = await this.#starter.start();
    // A live source has not waited for it.
    this.#tellOverflow();
    this.#backlog.beginTask();
    this.#hasResult = false;
    this.#recovery.started();
    this.#meter.started();
    this.#trace('started');
    if (!this.#isOpen) this.#events.onOpen(task.id);
    this.#isOpen = true;
    await this.#feeder.feed(task);
    this.#meter.finishing();
    await task.finish(this.#backlog.unconfirmedMs);
    this.#destroyed.signal.throwIfAborted();
    if (task.failure) throw task.failure;
    if (task.hasEndedEarly) this.#doubt(task);
    await this.#finished(task);
  }

  /** Once for each place: a service whose answers are merely late would end early for ever. */
  #doubt(task: Task): void {
    if (this.#doubtedAt === this.#backlog.start) return;
    this.#doubtedAt = this.#backlog.start;
    throw finishedEarly(task.id);
  }

  async #finished(task: Task): Promise<void> {
    this.#meter.finished();
    this.#losses.tell();
    const { beginMs, endMs } = this.#backlog.taskSpan;
    if (endMs > beginMs) this.#recovery.progressed();
    this.#warnUnheard();
    const words = this.#backlog.finishTask();
    if (words)
      this.#warnUnrecognized(words, 'the service finished the task without the final form of its words');
    this.#trace('finished');
    // From now on its connection may be somebody else's.
    this.#task = undefined;
    await this.#starter.giveBack(task);
  }

  #give(result: WireSentence, usage: Usage | null, taskId: string): void {
    if (usage) this.#meter.billed(usage.duration);
    if (this.#probe) return this.#noteProbe(this.#probe, result);
    this.#losses.tell();
    this.#hasResult = true;
    if (result.text !== '') this.#meter.text();
    const { start } = this.#backlog;
    const sentence = this.#backlog.place(result, usage, taskId);
    if (this.#backlog.start > start) this.#recovery.progressed();
    this.#feeder.heard();
    if (!sentence) return;
    if (isSentenceEnd(sentence)) {
      const { text, begin_time: beginMs, end_time: endMs } = sentence;
      if (text === '')
        return this.#warnUnrecognized({ beginMs, endMs }, 'the speech was detected and not recognised');
      this.#recovery.progressed();
      this.#finals.add(this.#name, performance.now());
    }
    if (!this.#events.onSentence(sentence)) this.#task?.pause();
  }

  #noteProbe(probe: { hasFinal: boolean }, { sentence_end, text }: WireSentence): void {
    if (!sentence_end || text === '') return;
    probe.hasFinal = true;
    this.#feeder.wake();
  }

  /** A task that was sent speech and has finished without a result. */
  #warnUnheard(): void {
    if (this.#reportsUnrecognized) return;
    const { isPcm, start, handed, isUnansweredQuiet } = this.#backlog;
    if (this.#hasResult || !isPcm || handed <= start || isUnansweredQuiet) return;
    if (!hasSpeechDynamics(this.#backlog.unconfirmed())) return;
    this.#warnUnrecognized(
      this.#backlog.taskSpan,
      'the service returned no result for audio that sounds like speech',
    );
  }

  #warnUnrecognized({ beginMs, endMs }: TimeSpan, what: string): void {
    const seconds = [beginMs, endMs].map((ms) => (ms / 1000).toFixed(1));
    const span = { beginMs: Math.round(beginMs), endMs: Math.round(endMs) };
    this.#events.onWarning(
      new FunAsrError('W_UNRECOGNIZED', `no text from ${seconds.join(' s to ')} s: ${what}`, {
        span,
        requestId: this.#task?.id,
        hint: 'Check that the model recognises the language that is spoken, and that the speech is loud enough.',
      }),
    );
  }

  /** Makes ready for the next try, or throws what cannot be tried again. */
  async #recover(error: FunAsrError): Promise<void> {
    this.#trace('failed');
    const kind = this.#task?.failure === error ? this.#task.failureKind : undefined;
    await this.#starter.end();
    if (this.#stopped.signal.aborted) throw error;
    const { reconnect, probeFrom } = this.#recovery.after({ error, kind, isPaused: this.#feeder.isIdle });
    if (!reconnect) return;
    if (error.code === 'E_THROTTLED') this.#starter.throttled(reconnect.delayMs);
    publish('reconnect', reconnect);
    this.#events.onReconnect(reconnect);
    const signal = AbortSignal.any([this.#destroyed.signal, this.#stopped.signal]);
    const waiting = wait(reconnect.delayMs, undefined, { signal }).catch(() => {});
    if (probeFrom !== undefined) await this.#probeFrom(probeFrom, signal);
    await waiting;
    this.#destroyed.signal.throwIfAborted();
    if (this.#stopped.signal.aborted) throw error;
  }

  /** Finds out whether the service recognises audio after the one that fails. */
  async #probeFrom(position: number, signal: AbortSignal): Promise<void> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(MAX_PROBE_MS)]);
    for (const step of PROBE_STEPS_BYTES) {
      const outcome = await this.#runProbe(position + step, limited);
      if (outcome === 'recognised') this.#recovery.probed();
      if (outcome !== 'refused') return;
    }
  }

  /** @returns Whether the service recognised the audio, or failed the task by itself; undefined when nothing is known. */
  async #runProbe(position: number, signal: AbortSignal): Promise<'recognised' | 'refused' | undefined> {
    const probe = { hasFinal: false };
    this.#probe = probe;
    const isEnough = (): boolean => probe.hasFinal;
    try {
      if (!(await this.#feeder.hasReached(position, signal))) return undefined;
      const task = await this.#starter.start();
      this.#backlog.beginTask(position);
      this.#meter.started();
      await this.#feeder.probe(task, signal, isEnough);
      if (!isEnough() && !signal.aborted) await abortable(task.finish(this.#backlog.unconfirmedMs), signal);
      if (isEnough()) return 'recognised';
      return task.failureKind === 'refused' ? 'refused' : undefined;
    } catch (error) {
      if (error instanceof FunAsrError || signal.aborted) return undefined;
      throw error;
    } finally {
      this.#probe = undefined;
      this.#task?.abandon();
      await this.#starter.end();
    }
  }

  /** A live source is not slower for a task that does not start, or takes no more. */
  #tellOverflow(): void {
    const loss = this.#backlog.takeLoss();
    if (!loss) return;
    this.#losses.add(loss, new FunAsrError('W_GAP', 'the audio came faster than it could be sent'));
    this.#losses.tell();
  }

  #trace(state: TaskDiagnostics['state']): void {
    const { connection } = this.#starter;
    if (!connection || !this.#task) return;
    const { beginMs, endMs } = this.#backlog.taskSpan;
    const requestId = this.#task.id;
    publish('task', { connectionId: connection.id, requestId, state, fromMs: beginMs, toMs: endMs });
  }
}
