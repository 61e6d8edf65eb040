import { IDLE_TIMEOUT_MS } from '../../protocol/limits.ts';
import { Connection, type ConnectionOptions } from './connection.ts';

/** Closes idle connections well before the service does. */
const IDLE_MS = IDLE_TIMEOUT_MS - 10_000;

interface Idle {
  readonly connection: Connection;
  readonly timer: NodeJS.Timeout;
}

/** A connection for one task. */
export interface Lease {
  readonly connection: Connection;
  /** Whether it has served a task before. It may have died since without a word. */
  readonly isReused: boolean;
}

/**
 * Connections that have finished a task and wait for the next, by endpoint: a handshake less for each. What waits here
 * does not hold the process.
 */
export class ConnectionPool {
  readonly #idle = new Map<string, Idle[]>();
  readonly #idleMs: number;

  /** @param idleMs How long a connection waits for another task. */
  constructor(idleMs: number = IDLE_MS) {
    this.#idleMs = idleMs;
  }

  /**
   * A connection that waits, or else a new one.
   * @param isFresh Opens a new one anyhow, and closes those that wait: one of them was found dead.
   * @throws What `Connection.open` does.
   */
  async take(options: ConnectionOptions, isFresh = false): Promise<Lease> {
    const { account } = options.endpoint;
    if (isFresh) void this.close(account);
    const waiting = this.#idle.get(account) ?? [];
    for (let idle = waiting.pop(); idle; idle = waiting.pop()) {
      clearTimeout(idle.timer);
      if (idle.connection.isOpen) return { connection: idle.connection, isReused: true };
    }
    return { connection: await Connection.open(options), isReused: false };
  }

  /** Takes back a connection whose task has finished. One whose task has failed must be terminated instead. */
  give(account: string, connection: Connection): void {
    connection.leave();
    const timer = setTimeout(() => this.#drop(account, connection), this.#idleMs).unref();
    const waiting = this.#idle.get(account) ?? [];
    waiting.push({ connection, timer });
    this.#idle.set(account, waiting);
  }

  /** Closes all that wait, or those of one account. */
  async close(account?: string): Promise<void> {
    const names = account === undefined ? [...this.#idle.keys()] : [account];
    const all = names.flatMap((name) => this.#idle.get(name) ?? []);
    for (const name of names) this.#idle.delete(name);
    await Promise.all(
      all.map(({ connection, timer }) => {
        clearTimeout(timer);
        return connection.close();
      }),
    );
  }

  #drop(account: string, connection: Connection): void {
    const waiting = this.#idle.get(account) ?? [];
    const others = waiting.filter((idle) => idle.connection !== connection);
    if (others.length > 0) this.#idle.set(account, others);
    else this.#idle.delete(account);
    void connection.close();
  }
}

/** The one of this process. */
export const connections: ConnectionPool = new ConnectionPool();
// What is left when nothing else is to be done says goodbye.
process.once('beforeExit', () => void connections.close());
