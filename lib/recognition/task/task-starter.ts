import type { FunAsrError } from '../../core/errors.ts';
import type { Connection } from '../connection/connection.ts';
import { type ConnectionPool, connections } from '../connection/connection-pool.ts';
import { publish } from '../events/diagnostics.ts';
import type { Endpoint } from '../../protocol/endpoint.ts';
import { Task, type TaskEvents, type TaskOptions } from './task.ts';
import { limiterFor, type TaskLimiter } from './task-limiter.ts';

/** What a {@link TaskStarter} is made with. */
export interface TaskStarterOptions {
  readonly endpoint: Endpoint;
  readonly task: TaskOptions;
  readonly signal: AbortSignal;
  readonly events: TaskEvents;
  /** A task was asked for; it is not started yet. */
  readonly onAsked: (task: Task) => void;
}

/** Starts the tasks of one recognition, one after another: each when the limiter allows it, each on a connection. */
export class TaskStarter {
  readonly #options: TaskStarterOptions;
  readonly #limiter: TaskLimiter;
  readonly #pool: ConnectionPool = connections;
  #connection: Connection | undefined;

  constructor(options: TaskStarterOptions) {
    this.#options = options;
    this.#limiter = limiterFor(options.endpoint, options.task.model);
  }

  /** The connection of the present task; undefined while there is none. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /**
   * Resolves when the service has started a task.
   * @throws {FunAsrError} when it has not; an `AbortError`.
   */
  async start(): Promise<Task> {
    const { signal } = this.#options;
    await this.#limiter.acquire(signal);
    for (let isFresh = false; ; isFresh = true) {
      const { task, isReused } = await this.#ask(isFresh);
      signal.throwIfAborted();
      if (task.state === 'streaming') return task;
      await this.end();
      // A connection that has waited may have died without a word. Nothing is lost with it, and no try is counted.
      if (task.failure && !(isReused && isWordless(task.failure))) throw task.failure;
    }
  }

  /** The task has finished: its connection may serve another, unless the service has refused this one. */
  async giveBack(task: Task): Promise<void> {
    if (task.wasRefused) return await this.end();
    if (this.#connection) this.#pool.give(this.#options.endpoint.account, this.#connection);
    this.#connection = undefined;
  }

  /** Ends the connection of a task that has failed, or is wanted no more. Resolves when it is gone. */
  async end(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.terminate();
  }

  /** The service asks for fewer tasks, of everybody here. */
  throttled(delayMs: number): void {
    this.#limiter.throttled(delayMs);
  }

  async #ask(isFresh: boolean): Promise<{ task: Task; isReused: boolean }> {
    const { endpoint, task: options, signal, events, onAsked } = this.#options;
    const { connectTimeoutMs, pingIntervalMs } = options.limits;
    await endpoint.ready?.(signal);
    const { connection, isReused } = await this.#pool.take(
      {
        endpoint,
        connectTimeoutMs,
        pingIntervalMs,
        signal,
      },
      isFresh,
    );
    this.#connection = connection;
    publish('connection', { connectionId: connection.id, url: endpoint.url, isReused });
    const task = new Task(connection, options, events);
    onAsked(task);
    await task.start();
    return { task, isReused };
  }
}

/** Whether the service itself has said nothing about it. */
function isWordless({ retryable, serviceCode }: FunAsrError): boolean {
  return retryable && serviceCode === undefined;
}
