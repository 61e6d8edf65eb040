import { IDLE_TIMEOUT_MS } from '../../protocol/service-limits.ts';
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
  /** Whether it has served a task before. It may have died unnoticed since. */
  readonly isReused: boolean;
}

/**
 * Idle connections that have finished a task, by account, so that the next task needs no handshake. Idle connections do
 * not keep the process alive.
 */
export class ConnectionPool {
  readonly #idle = new Map<string, Idle[]>();
  readonly #idleMs: number;

  /** @param idleMs How long a connection stays idle before it is closed. */
  constructor(idleMs: number = IDLE_MS) {
    this.#idleMs = idleMs;
  }

  /**
   * Takes an idle connection, or opens a new one.
   * @param isFresh Opens a new one in any case, and closes the idle ones: one of them was found dead.
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

  /** Returns a connection whose task has finished. A connection whose task has failed must be terminated instead. */
  give(account: string, connection: Connection): void {
    connection.leave();
    const timer = setTimeout(() => this.#drop(account, connection), this.#idleMs).unref();
    const waiting = this.#idle.get(account) ?? [];
    waiting.push({ connection, timer });
    this.#idle.set(account, waiting);
  }

  /** Closes all idle connections, or those of one account. */
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

/** The pool of this process. */
export const connections: ConnectionPool = new ConnectionPool();
// Idle connections are closed when the process has nothing else to do.
process.once('beforeExit', () => void connections.close());
