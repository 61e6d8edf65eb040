import type { ServiceEvent } from '../protocol/messages/service-events.ts';
import type { SessionParts } from '../service/session/interceptor.ts';
import type { Link } from '../service/session/link.ts';
import { tapEngine } from './engine/engine-tap.ts';
import type { FiredFault } from './faults/fault-injector.ts';
import type { FaultKind } from './faults/faults.ts';
import { LinkTap } from './faults/link-tap.ts';
import { actionOf, eventOf } from './faults/overheard.ts';

/** One task, as the service saw it. */
export interface TaskRecord {
  readonly id: string;
  /** Which connection it ran on, from 1; upgrades that were refused count, too. */
  readonly connection: number;
  readonly model: string;
  /** Audio that the service received for it, in ms. */
  readonly audioMs: number;
  /** Billed seconds, by the last usage that the client was told. */
  readonly billedSeconds: number;
  /** Whether another task was running at some time: with one client, one that was left behind. */
  readonly isOverlapped: boolean;
  /** `lost` with its connection. @default undefined while it runs */
  readonly end: 'finished' | 'failed' | 'lost' | undefined;
}

type Writable<Fields> = { -readonly [Name in keyof Fields]: Fields[Name] };

/** Faults after which the client cannot be told anything. */
const DEADLY: readonly FaultKind[] = ['never-start', 'drop', 'reset', 'half-open', 'close'];

/** Keeps a log of what the service hears from its clients, and says to them. */
export class ServiceLog {
  readonly #tasks: Writable<TaskRecord>[] = [];
  readonly #faults: FiredFault[] = [];
  #connections = 0;
  #mostTasksAtOnce = 0;

  /** Requests for a connection, those that were refused among them. */
  get connections(): number {
    return this.#connections;
  }

  /** All tasks, in the order in which they were asked for. */
  get tasks(): readonly TaskRecord[] {
    return this.#tasks;
  }

  /** The faults that have happened, in their order. */
  get faults(): readonly FiredFault[] {
    return this.#faults;
  }

  /** Audio received over all tasks, in ms: what exceeds the length of the audio was sent again. */
  get audioMs(): number {
    return this.#tasks.reduce((sum, { audioMs }) => sum + audioMs, 0);
  }

  /** Tasks that ran at the same time, at most. */
  get mostTasksAtOnce(): number {
    return this.#mostTasksAtOnce;
  }

  /** @internal */
  admit(): undefined {
    this.#connections += 1;
  }

  /** @internal */
  connect({ link, engine }: SessionParts): SessionParts {
    const connection = this.#connections;
    let task: Writable<TaskRecord> | undefined;
    link.onMessage((message) => {
      const action = actionOf(message);
      if (action?.action === 'run-task') task = this.#begin(action.taskId, connection, action.model);
    });
    link.onClose(() => {
      if (task) task.end ??= 'lost';
    });
    return {
      link: new OverheardLink(link, (event) => {
        if (task && event.taskId === task.id) note(task, event);
      }),
      engine: tapEngine(engine, (ms) => {
        if (task) task.audioMs += ms;
        return true;
      }),
    };
  }

  /** Adds a fault that has happened. @internal */
  add(fired: FiredFault): void {
    this.#faults.push(fired);
    if (!DEADLY.includes(fired.fault.kind)) return;
    for (const task of this.#tasks) {
      if (task.connection === fired.connection) task.end ??= 'lost';
    }
  }

  #begin(id: string, connection: number, model: string): Writable<TaskRecord> {
    const running = this.#tasks.filter(({ end }) => end === undefined);
    const isOverlapped = running.length > 0;
    for (const other of running) other.isOverlapped = true;
    const task = { id, connection, model, audioMs: 0, billedSeconds: 0, isOverlapped, end: undefined };
    this.#tasks.push(task);
    this.#mostTasksAtOnce = Math.max(this.#mostTasksAtOnce, running.length + 1);
    return task;
  }
}

/** The same link, with somebody who is told what is said over it. */
class OverheardLink extends LinkTap {
  readonly #onEvent: (event: ServiceEvent) => void;

  constructor(link: Link, onEvent: (event: ServiceEvent) => void) {
    super(link);
    this.#onEvent = onEvent;
  }

  override send(message: string | Buffer, written: () => void): void {
    const event = eventOf(message);
    if (event) this.#onEvent(event);
    super.send(message, written);
  }
}

function note(task: Writable<TaskRecord>, event: ServiceEvent): void {
  if (event.event === 'task-finished') task.end ??= 'finished';
  if (event.event === 'task-failed') task.end ??= 'failed';
  if (event.event === 'result-generated') {
    task.billedSeconds = Math.max(task.billedSeconds, event.usage?.duration ?? 0);
  }
}
