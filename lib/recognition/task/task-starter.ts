import type { FunAsrError, TimeSpan } from '../../core/errors.ts';
import type { Endpoint } from '../../protocol/endpoint.ts';
import { isAboutConcurrency } from '../../protocol/errors/service-errors.ts';
import type { CountedTask, StartLimiter } from '../../protocol/service-limits.ts';
import type { Connection } from '../connection/connection.ts';
import { type ConnectionPool, connections } from '../connection/connection-pool.ts';
import type { TaskDiagnostics } from '../events/diagnostics.ts';
import type { EventPublisher } from '../events/recognition-events.ts';
import { Task, type TaskEvents, type TaskOptions } from './task.ts';
import { limiterFor } from './task-limiter.ts';

/** Options of a {@link TaskStarter}. */
export interface TaskStarterOptions {
  readonly endpoint: Endpoint;
  readonly task: TaskOptions;
  readonly events: EventPublisher;
  readonly signal: AbortSignal;
  /** Limits the starts. @default the limiter of this process for the account and the model */
  readonly limiter?: StartLimiter | undefined;
}

/** Callbacks of a requested task. Its warnings are events of the recognition. */
export type RequestEvents = Omit<TaskEvents, 'onWarning'>;

/** Starts the tasks of one recognition, one after another: each when the limiter allows it, each on a connection. */
export class TaskStarter {
  readonly #options: TaskStarterOptions;
  readonly #limiter: StartLimiter;
  readonly #pool: ConnectionPool = connections;
  #connection: Connection | undefined;
  #task: Task | undefined;
  /** The task, as the limiter counts it. */
  #counted: CountedTask | undefined;

  constructor(options: TaskStarterOptions) {
    this.#options = options;
    this.#limiter = options.limiter ?? limiterFor(options.endpoint, options.task.model);
  }

  /** The current task, from its request on, or the last one that failed; undefined after one has finished. */
  get task(): Task | undefined {
    return this.#task;
  }

  /**
   * Requests a task. Resolves when the service has started it.
   * @param taskEvents Called with what the task receives.
   * @throws {FunAsrError} when it was not started; an `AbortError`.
   */
  async start(taskEvents: RequestEvents): Promise<Task> {
    const { signal } = this.#options;
    this.#counted = await this.#limiter.acquire(signal);
    for (let isFresh = false; ; isFresh = true) {
      const { task, isReused } = await this.#request(taskEvents, isFresh);
      signal.throwIfAborted();
      if (task.state === 'streaming') return task;
      if (task.failure && isAboutConcurrency(task.failure)) this.#counted.refuse();
      await this.end();
      // An idle connection may have died unnoticed. Nothing is lost with it, and it does not count as a try.
      if (task.failure && !(isReused && isFromNetwork(task.failure))) throw task.failure;
    }
  }

  /** The task has finished: its connection may serve another, unless the service has sent `task-failed`. */
  async release(task: Task): Promise<void> {
    this.#task = undefined;
    this.#counted?.end();
    if (task.failureKind === 'task-failed') return await this.end();
    if (this.#connection) this.#pool.give(this.#options.endpoint.account, this.#connection);
    this.#connection = undefined;
  }

  /** Ends the connection of a task that has failed or is not needed any more. Resolves when it is closed. */
  async end(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#counted?.end();
    await connection?.terminate();
  }

  /** The service asks for fewer tasks a second, from the whole process. */
  throttled(delayMs: number): void {
    this.#limiter.throttled(delayMs);
  }

  /** Publishes the state of the current task. @param span The part of the input that it was sent. */
  publishState(state: TaskDiagnostics['state'], { beginMs: fromMs, endMs: toMs }: TimeSpan): void {
    if (!this.#connection || !this.#task) return;
    const ids = { connectionId: this.#connection.id, requestId: this.#task.id };
    this.#options.events.publish('task', { ...ids, state, fromMs, toMs });
  }

  async #request(taskEvents: RequestEvents, isFresh: boolean): Promise<{ task: Task; isReused: boolean }> {
    const { endpoint, task: options, signal, events } = this.#options;
    const { connectTimeoutMs, pingIntervalMs } = options.limits;
    this.#task = undefined;
    await endpoint.ready?.(signal);
    const request = { endpoint, connectTimeoutMs, pingIntervalMs, signal };
    const begin = performance.now();
    const { connection, isReused } = await this.#pool.take(request, isFresh);
    this.#connection = connection;
    const openedInMs = isReused ? 0 : Math.round(performance.now() - begin);
    events.publish('connection', { connectionId: connection.id, url: endpoint.url, isReused, openedInMs });
    const onWarning = (warning: FunAsrError): void => events.publish('warning', warning);
    const task = new Task(connection, options, { ...taskEvents, onWarning });
    this.#task = task;
    events.publish('taskRequested', task.id);
    await task.start();
    return { task, isReused };
  }
}

/** Whether the failure is one of the network, without a message of the service. */
function isFromNetwork({ retryable, serviceCode }: FunAsrError): boolean {
  return retryable && serviceCode === undefined;
}
