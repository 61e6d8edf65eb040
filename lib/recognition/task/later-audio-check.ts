import { abortable } from '../../core/deadline.ts';
import { FunAsrError } from '../../core/errors.ts';
import type { EventPublisher } from '../events/recognition-events.ts';
import type { InputQueue } from '../input/input-queue.ts';
import type { TaskWindow } from '../input/task-window.ts';
import { SMALL_FRAME_MS } from './task-plan.ts';
import type { TaskStarter } from './task-starter.ts';
import type { Task } from './task.ts';

/** What a check task uses: parts of the recognition that it belongs to. */
export interface LaterAudioCheckParts {
  readonly starter: TaskStarter;
  readonly queue: InputQueue;
  readonly window: TaskWindow;
  readonly events: EventPublisher;
}

/** The longest time that all check tasks of one failure take. */
const MAX_CHECKS_MS = 15_000;
/** Audio that a check task is sent at most. */
const MAX_CHECK_AUDIO_MS = 60_000;

/**
 * Finds out whether the service recognises audio after a span that makes tasks fail. Each check task is sent audio from
 * a later position until it gets a final sentence; its results are dropped.
 * @param positions Where the check tasks begin, in bytes. The next one is run only when the service failed the one
 * before.
 * @returns Whether a final sentence arrived.
 */
export async function checkLaterAudio(
  parts: LaterAudioCheckParts,
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
  readonly #parts: LaterAudioCheckParts;
  readonly #signal: AbortSignal;
  #hasFinal = false;

  constructor(parts: LaterAudioCheckParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** @returns Whether the service recognised the audio, or failed the task itself; undefined when neither is known. */
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
      // Another failure, such as a lost connection, proves nothing about the audio.
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
    const frameBytes = SMALL_FRAME_MS * buffer.bytesPerMs;
    const from = buffer.sent;
    const isEnough = (): boolean => buffer.msBetween(from, buffer.sent) >= MAX_CHECK_AUDIO_MS;
    const isOver = (): boolean => this.#hasFinal || this.#signal.aborted || task.state !== 'streaming';
    while (!isOver() && !isEnough() && !buffer.hasLostUnsent) {
      if (!(await this.#until(() => !buffer.isAllSent || isOver()))) return;
      if (isOver() || buffer.hasLostUnsent) return;
      const { audio, ms, resentMs } = buffer.take(frameBytes);
      this.#parts.events.publish('audioSent', { ms, resentMs });
      await task.send(audio);
    }
  }

  /** Takes more audio of the source until a condition holds. False when there is no more audio, or no room for it. */
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
