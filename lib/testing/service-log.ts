import type { ServiceEvent } from '../protocol/messages/service-events.ts';
import type { SessionParts } from '../service/session/interceptor.ts';
import type { Link } from '../service/session/link.ts';
import { interceptAudio } from './engine/intercept-audio.ts';
import type { FiredFault } from './faults/fault-injector.ts';
import type { FaultKind } from './faults/fault-kinds.ts';
import { ForwardingLink } from './faults/forwarding-link.ts';
import { parseClientAction, parseServiceEvent } from './faults/message-parser.ts';

/** One task, as the service recorded it. */
export interface TaskRecord {
  readonly id: string;
  /** Number of the connection, from 1. Refused upgrade requests are counted. */
  readonly connection: number;
  readonly model: string;
  /** Audio that the service received for this task, in ms. */
  readonly audioMs: number;
  /** Billed seconds, from the last `usage` that was sent to the client. */
  readonly billedSeconds: number;
  /** Whether another task was running at any time during this one. A single client should never cause this. */
  readonly isOverlapped: boolean;
  /** How the task ended: `lost` means with its connection; undefined while it runs. */
  readonly end: 'finished' | 'failed' | 'lost' | undefined;
}

type Writable<Fields> = { -readonly [Name in keyof Fields]: Fields[Name] };

/** Faults after which no message can reach the client. */
const DISCONNECTING: readonly FaultKind[] = ['never-start', 'drop', 'reset', 'half-open', 'close'];

/** Records the connections, tasks and faults of a test service. */
export class ServiceLog {
  readonly #tasks: Writable<TaskRecord>[] = [];
  readonly #faults: FiredFault[] = [];
  #connections = 0;
  #maxConcurrentTasks = 0;

  /** Number of upgrade requests, refused ones included. */
  get connections(): number {
    return this.#connections;
  }

  /** All tasks, in the order of their `run-task` messages. */
  get tasks(): readonly TaskRecord[] {
    return this.#tasks;
  }

  /** The faults that have fired, in order. */
  get faults(): readonly FiredFault[] {
    return this.#faults;
  }

  /** Audio received over all tasks, in ms. What exceeds the length of the audio was sent again. */
  get audioMs(): number {
    return this.#tasks.reduce((sum, { audioMs }) => sum + audioMs, 0);
  }

  /** The largest number of tasks that ran at the same time. */
  get maxConcurrentTasks(): number {
    return this.#maxConcurrentTasks;
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
      const action = parseClientAction(message);
      if (action?.action === 'run-task') task = this.#addTask(action.taskId, connection, action.model);
    });
    link.onClose(() => {
      if (task) task.end ??= 'lost';
    });
    return {
      link: new RecordingLink(link, (event) => {
        if (task && event.taskId === task.id) recordEvent(task, event);
      }),
      engine: interceptAudio(engine, (audioMs) => {
        if (task) task.audioMs += audioMs;
        return true;
      }),
    };
  }

  /** Records a fault that has fired. @internal */
  add(fired: FiredFault): void {
    this.#faults.push(fired);
    if (!DISCONNECTING.includes(fired.fault.kind)) return;
    for (const task of this.#tasks) {
      if (task.connection === fired.connection) task.end ??= 'lost';
    }
  }

  #addTask(id: string, connection: number, model: string): Writable<TaskRecord> {
    const running = this.#tasks.filter(({ end }) => end === undefined);
    const isOverlapped = running.length > 0;
    for (const other of running) other.isOverlapped = true;
    const task = { id, connection, model, audioMs: 0, billedSeconds: 0, isOverlapped, end: undefined };
    this.#tasks.push(task);
    this.#maxConcurrentTasks = Math.max(this.#maxConcurrentTasks, running.length + 1);
    return task;
  }
}

/** Forwards to another link and reports each event that the service sends. */
class RecordingLink extends ForwardingLink {
  readonly #onEvent: (event: ServiceEvent) => void;

  constructor(link: Link, onEvent: (event: ServiceEvent) => void) {
    super(link);
    this.#onEvent = onEvent;
  }

  override send(message: string | Buffer, written: () => void): void {
    const event = parseServiceEvent(message);
    if (event) this.#onEvent(event);
    super.send(message, written);
  }
}

function recordEvent(task: Writable<TaskRecord>, event: ServiceEvent): void {
  if (event.event === 'task-finished') task.end ??= 'finished';
  if (event.event === 'task-failed') task.end ??= 'failed';
  if (event.event === 'result-generated') {
    task.billedSeconds = Math.max(task.billedSeconds, event.usage?.duration ?? 0);
  }
}
