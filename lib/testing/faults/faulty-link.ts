import { taskFailed, taskFinished } from '../../protocol/messages/service-events.ts';
import type { ClientMessage, Link } from '../../service/session/link.ts';
import { type Fault, FAULTS, type Occasion } from './faults.ts';
import { garbage } from './garbage.ts';
import { HeldMessages } from './held-messages.ts';
import { LinkTap } from './link-tap.ts';
import { actionOf, eventOf } from './overheard.ts';

/** What the real service says with some of its codes. */
const MESSAGES: Readonly<Record<string, string>> = {
  'Throttling.RateQuota': 'Requests rate limit exceeded, please try again later.',
  'Throttling.AllocationQuota': 'You exceeded your current quota. (insufficient_quota)',
  CLIENT_ERROR: 'request timeout after 23 seconds.',
  ResponseTimeout: 'Response timeout!',
};

/**
 * The way to one client, with faults on it. Once a fault has ended the connection, or all that is said over it, nothing
 * goes through any more in either direction: the session learns of it by the end of the connection or by its own
 * deadlines, as it would of a real one.
 */
export class FaultyLink extends LinkTap {
  readonly #take: (occasion: Occasion) => Fault | undefined;
  readonly #held: HeldMessages;
  #taskId = '';
  #isDead = false;
  #isReading = true;
  #readAgain: NodeJS.Timeout | undefined;
  /** Says the result that waits for the one that follows it. */
  #sayLate: (() => void) | undefined;

  /** @param take Gives the fault that is due at an occasion, if any; each once. */
  constructor(link: Link, take: (occasion: Occasion) => Fault | undefined) {
    super(link);
    this.#take = take;
    this.#held = new HeldMessages(link);
    link.onClose(() => this.#die());
  }

  /** Whether nothing goes through any more. */
  get isDead(): boolean {
    return this.#isDead;
  }

  /** Lets the faults happen that are due by the audio received. */
  strike(): void {
    while (!this.#isDead) {
      const fault = this.#take('audio');
      if (!fault) return;
      this.#act(fault);
    }
  }

  override onMessage(take: (message: ClientMessage) => void): void {
    this.link.onMessage((message) => {
      const action = actionOf(message);
      if (action?.action === 'run-task' && !this.#isDead) this.#begin(action.taskId);
      if (!this.#isDead) take(message);
    });
  }

  override send(message: string | Buffer, written: () => void): void {
    if (this.#isDead) return written();
    const event = eventOf(message);
    const say = () => this.#held.send(message, written);
    if (event?.event === 'result-generated') {
      return this.#sayResult(say, message, event.sentence.sentence_end);
    }
    this.#catchUp();
    if (event?.event === 'task-finished' && this.#take('task-finished')) this.#die();
    return this.#isDead ? written() : say();
  }

  override resume(): void {
    if (this.#isReading) this.link.resume();
  }

  override close(code: number): void {
    if (!this.#isDead) this.link.close(code);
  }

  #begin(taskId: string): void {
    this.#taskId = taskId;
    const fault = this.#take('run-task');
    if (fault?.kind === 'throttle') this.#fail(fault);
    else if (fault) this.#die();
  }

  #sayResult(say: () => void, message: string | Buffer, isFinal: boolean): void {
    const fault = this.#sayLate ? undefined : this.#takeAtResult(isFinal);
    if (fault?.kind === 'reorder') {
      this.#sayLate = say;
      return;
    }
    say();
    if (fault) this.#held.send(message, () => {});
    this.#catchUp();
  }

  #takeAtResult(isFinal: boolean): Fault | undefined {
    return (isFinal ? undefined : this.#take('partial')) ?? this.#take('result');
  }

  #catchUp(): void {
    this.#sayLate?.();
    this.#sayLate = undefined;
  }

  #act(fault: Fault): void {
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
        return this.#stopReading(fault.forMs);
      case 'close':
        this.#die();
        return this.link.close(Number(whatOf(fault)));
      case 'fail':
        return this.#fail(fault);
      case 'finish-early':
        return this.#end(taskFinished(this.#taskId));
      case 'delay':
        return this.#held.hold(fault.forMs ?? 0);
      default:
        return this.#held.send(garbage(whatOf(fault), this.#taskId), () => {});
    }
  }

  #stopReading(ms?: number): void {
    this.#isReading = false;
    this.link.pause();
    clearTimeout(this.#readAgain);
    if (ms === undefined) return;
    this.#readAgain = setTimeout(() => {
      this.#isReading = true;
      this.link.resume();
    }, ms);
  }

  #fail(fault: Fault): void {
    const code = whatOf(fault);
    this.#end(taskFailed(this.#taskId, code, MESSAGES[code] ?? 'The task was made to fail.'));
  }

  /** Says a last word, and closes as the real service does. */
  #end(lastWord: string): void {
    this.#die();
    this.link.send(lastWord, () => {});
    this.link.close(1000);
  }

  #die(): void {
    this.#isDead = true;
    this.#held.drop();
    this.#sayLate = undefined;
    clearTimeout(this.#readAgain);
  }
}

function whatOf({ kind, what }: Fault): string {
  return what ?? FAULTS[kind].what?.default ?? '';
}
