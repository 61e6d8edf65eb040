import { FunAsrError, messageOf } from '../../core/errors.ts';
import { readServiceEvent, type ServiceEvent } from '../../protocol/messages/service-events.ts';
import { unreadable } from './task-errors.ts';

/** The task fails after this many unreadable messages in a row. */
const MAX_UNREADABLE = 10;

/** Reads the messages of one task. A message that is skipped is a warning, one for each kind. */
export class MessageReader {
  readonly #taskId: string;
  readonly #onWarning: (warning: FunAsrError) => void;
  readonly #warned = new Set<string>();
  /** Unreadable messages in a row. */
  #unreadable = 0;

  constructor(taskId: string, onWarning: (warning: FunAsrError) => void) {
    this.#taskId = taskId;
    this.#onWarning = onWarning;
  }

  /**
   * @returns The event, when it is about this task; undefined for a message that is skipped.
   * @throws {FunAsrError} `E_PROTOCOL` when ten messages in a row cannot be read.
   */
  read(message: string): ServiceEvent | undefined {
    let event: ServiceEvent;
    try {
      event = readServiceEvent(message);
    } catch (cause) {
      this.#warn('unreadable', `a message of the service was skipped: ${messageOf(cause)}`, cause);
      this.#unreadable += 1;
      if (this.#unreadable === MAX_UNREADABLE) throw unreadable(MAX_UNREADABLE, this.#taskId, cause);
      return undefined;
    }
    this.#unreadable = 0;
    // A failure has no id when the service could not read the message that it refuses.
    const isForThisTask =
      event.taskId === this.#taskId || (event.event === 'task-failed' && event.taskId === '');
    if (!isForThisTask) return this.#warn('foreign', `an event of another task was skipped: ${event.event}`);
    if (event.event !== 'unknown') return event;
    return this.#warn('unknown', `an unknown event was skipped: ${event.name || 'one without a name'}`);
  }

  #warn(kind: string, message: string, cause?: unknown): undefined {
    if (this.#warned.has(kind)) return;
    this.#warned.add(kind);
    this.#onWarning(new FunAsrError('W_MESSAGE', message, { requestId: this.#taskId, cause }));
  }
}
