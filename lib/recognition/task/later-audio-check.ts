import { abortable } from '../../core/deadline.ts';
import { FunAsrError } from '../../core/errors.ts';
import type { EventPublisher } from '../events/recognition-events.ts';
import type { InputQueue } from '../input/input-queue.ts';
import type { TaskWindow } from '../input/task-window.ts';
import type { Task } from './task.ts';
import type { TaskStarter } from './task-starter.ts';

/** Parts of the recognition that a check task uses. */
export interface CheckParts {
  readonly starter: TaskStarter;
  readonly queue: InputQueue;
  readonly window: TaskWindow;
  readonly events: EventPublisher;
}

/** Maximum duration of all check tasks of one failure. */
const MAX_CHECKS_MS = 15_000;
/** Maximum of audio that is sent in a check task, in bytes: a minute at 16 kHz. */
const MAX_CHECK_BYTES = 60 * 32_000;
const FRAME_BYTES = 3200;

/**
 * Checks whether the service recognises audio after a span in which tasks fail. Each check task sends audio from a later
 * position until a final sentence arrives; its results are dropped.
 * @param positions Where the check tasks begin, in bytes. The next one runs only after `task-failed` in the one before.
 * @returns Whether a final sentence arrived.
 */
export async function checkLaterAudio(
  parts: CheckParts,
  positions: readonly number[],
  signal: AbortSignal,
): Promise<boolean> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(MAX_CHECKS_MS)]);
  for (const position of positions) {
    const outcome = await new CheckTask(parts, limited).run(position);
    if (outcome !== 'task-failed') return outcome === 'recognised';
  }
  return false;
}

/** One check task. */
class CheckTask {
  readonly #parts: CheckParts;
  readonly #signal: AbortSignal;
  #hasFinal = false;

  constructor(parts: CheckParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** @returns Whether a final sentence or `task-failed` arrived; undefined when neither did. */
  async run(position: number): Promise<'recognised' | 'task-failed' | undefined> {
    const { queue, starter } = this.#parts;
    const { buffer } = queue;
    try {
      if (!(await this.#until(() => buffer.end > position))) return undefined;
      const task = await this.#start(position);
      await this.#send(task);
      if (!this.#hasFinal) await abortable(task.finish(buffer.unconfirmedMs), this.#signal);
      if (this.#hasFinal) return 'recognised';
      return task.failureKind === 'task-failed' ? 'task-failed' : undefined;
    } catch (error) {
      // Any other failure proves nothing about the audio.
      if (error instanceof FunAsrError || this.#signal.aborted) return undefined;
      throw error;
    } finally {
      starter.publishState(this.#hasFinal ? 'finished' : 'failed', buffer.taskSpan);
      starter.task?.abandon();
      await starter.end();
      queue.rewind();
    }
  }

  async #start(position: number): Promise<Task> {
    const { queue, starter, events } = this.#parts;
    const task = await starter.start({
      onResult: ({ sentence_end: isFinal, text }, usage) => {
        events.publish('result', { hasText: false, billedSeconds: usage?.duration });
        this.#hasFinal ||= isFinal && text !== '';
        if (this.#hasFinal) queue.wake();
      },
      onFailed: () => queue.wake(),
    });
    queue.buffer.beginTask(position);
    starter.publishState('started', queue.buffer.taskSpan);
    return task;
  }

  async #send(task: Task): Promise<void> {
    const { buffer } = this.#parts.queue;
    const from = buffer.sent;
    const isOver = (): boolean => this.#hasFinal || this.#signal.aborted || task.state !== 'streaming';
    while (!isOver() && !buffer.hasLostUnsent && buffer.sent - from < MAX_CHECK_BYTES) {
      if (!(await this.#until(() => !buffer.isAllSent || isOver()))) return;
      if (isOver() || buffer.hasLostUnsent) return;
      const { audio, ms, resentMs } = buffer.take(FRAME_BYTES);
      this.#parts.events.publish('audioSent', { ms, resentMs });
      await task.send(audio);
    }
  }

  /** Reads more audio from the source until a condition holds. False when the source ended, the buffer is full, or the check was stopped. */
  async #until(holds: () => boolean): Promise<boolean> {
    const { queue, window } = this.#parts;
    const wake = (): void => queue.wake();
    this.#signal.addEventListener('abort', wake);
    try {
      while (!holds()) {
        if (queue.hasEnded || window.isBufferFull || this.#signal.aborted) return false;
        queue.release();
        await queue.changed();
      }
      return true;
    } finally {
      this.#signal.removeEventListener('abort', wake);
    }
  }
}
