import { CLOSE_CODES } from '../../protocol/errors/close-codes.ts';
import { taskFailed, taskFinished } from '../../protocol/messages/service-events.ts';
import type { ClientMessage, Link } from '../../service/session/link.ts';
import { DelayedSender } from './delayed-sender.ts';
import { type Fault, FAULTS, type FaultTrigger } from './fault-kinds.ts';
import { ForwardingLink } from './forwarding-link.ts';
import { invalidMessage } from './invalid-messages.ts';
import { parseClientAction, parseServiceEvent } from './message-parser.ts';

/** The error messages that the real service sends with some of its codes. */
const MESSAGES: Readonly<Record<string, string>> = {
  'Throttling.RateQuota': 'Requests rate limit exceeded, please try again later.',
  'Throttling.AllocationQuota': 'You exceeded your current quota. (insufficient_quota)',
  CLIENT_ERROR: 'request timeout after 23 seconds.',
  ResponseTimeout: 'Response timeout!',
};

/**
 * A link to one client that injects faults. After a fault has ended the connection or silenced it, the link is dead:
 * nothing passes in either direction. The session then notices the close of the connection or its own timeouts, as it
 * would with a real client.
 */
export class FaultyLink extends ForwardingLink {
  readonly #take: (trigger: FaultTrigger) => Fault | undefined;
  readonly #sender: DelayedSender;
  #taskId = '';
  #isDead = false;
  #isReading = true;
  #resumeTimer: NodeJS.Timeout | undefined;
  /** Sends the result that is held until the next message, for `reorder`. */
  #sendHeldResult: (() => void) | undefined;

  /** @param take Removes the fault that is due at a trigger from the schedule and returns it. */
  constructor(link: Link, take: (trigger: FaultTrigger) => Fault | undefined) {
    super(link);
    this.#take = take;
    this.#sender = new DelayedSender(link);
    link.onClose(() => this.#die());
  }

  /** Whether nothing passes any more. */
  get isDead(): boolean {
    return this.#isDead;
  }

  /** Applies the faults that are due after the audio received so far. */
  applyDueFaults(): void {
    while (!this.#isDead) {
      const fault = this.#take('audio');
      if (!fault) return;
      this.#apply(fault);
    }
  }

  override onMessage(take: (message: ClientMessage) => void): void {
    this.link.onMessage((message) => {
      const action = parseClientAction(message);
      if (action?.action === 'run-task' && !this.#isDead) this.#startTask(action.taskId);
      if (!this.#isDead) take(message);
    });
  }

  override send(message: string | Buffer, written: () => void): void {
    if (this.#isDead) return written();
    const event = parseServiceEvent(message);
    const send = () => this.#sender.send(message, written);
    if (event?.event === 'result-generated') {
      return this.#sendResult(send, message, event.sentence.sentence_end);
    }
    this.#flushHeldResult();
    if (event?.event === 'task-finished' && this.#take('task-finished')) this.#die();
    return this.#isDead ? written() : send();
  }

  override resume(): void {
    if (this.#isReading) this.link.resume();
  }

  override close(code: number): void {
    if (!this.#isDead) this.link.close(code);
  }

  #startTask(taskId: string): void {
    this.#taskId = taskId;
    const fault = this.#take('run-task');
    if (fault?.kind === 'throttle') this.#failTask(fault);
    else if (fault) this.#die();
  }

  #sendResult(send: () => void, message: string | Buffer, isFinal: boolean): void {
    const fault = this.#sendHeldResult ? undefined : this.#takeAtResult(isFinal);
    if (fault?.kind === 'reorder') {
      this.#sendHeldResult = send;
      return;
    }
    send();
    if (fault) this.#sender.send(message, () => {});
    this.#flushHeldResult();
  }

  #takeAtResult(isFinal: boolean): Fault | undefined {
    return (isFinal ? undefined : this.#take('partial')) ?? this.#take('result');
  }

  #flushHeldResult(): void {
    this.#sendHeldResult?.();
    this.#sendHeldResult = undefined;
  }

  #apply(fault: Fault): void {
    switch (fault.kind) {
      case 'drop':
        this.#die();
        return this.link.destroy();
      case 'reset':
        this.#die();
        return this.link.reset();
      case 'half-open':
        this.#die();
        return this.#stopReading();
      case 'stop-reading':
        return this.#stopReading(fault.durationMs);
      case 'close':
        this.#die();
        return this.link.close(Number(parameterOf(fault)));
      case 'fail':
        return this.#failTask(fault);
      case 'finish-early':
        return this.#endTask(taskFinished(this.#taskId));
      case 'delay':
        return this.#sender.hold(fault.durationMs ?? 0);
      default:
        return this.#sender.send(invalidMessage(parameterOf(fault), this.#taskId), () => {});
    }
  }

  #stopReading(durationMs?: number): void {
    this.#isReading = false;
    this.link.pause();
    clearTimeout(this.#resumeTimer);
    if (durationMs === undefined) return;
    this.#resumeTimer = setTimeout(() => {
      this.#isReading = true;
      this.link.resume();
    }, durationMs);
  }

  #failTask(fault: Fault): void {
    const code = parameterOf(fault);
    const message = MESSAGES[code] ?? 'This failure was injected by the test service.';
    this.#endTask(taskFailed(this.#taskId, code, message));
  }

  /** Sends the last message of a task and closes the connection, as the real service does. */
  #endTask(message: string): void {
    this.#die();
    this.link.send(message, () => {});
    this.link.close(CLOSE_CODES.normal);
  }

  #die(): void {
    this.#isDead = true;
    this.#sender.drop();
    this.#sendHeldResult = undefined;
    clearTimeout(this.#resumeTimer);
  }
}

function parameterOf({ kind, parameter }: Fault): string {
  return parameter ?? FAULTS[kind].parameter?.default ?? '';
}
