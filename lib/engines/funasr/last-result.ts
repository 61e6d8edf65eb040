import { FunAsrError } from '../../core/errors.ts';
import type { RuntimeMessage } from './runtime-messages.ts';

/**
 * How a server marks the last result of a session:
 * - `acknowledged`: a message with `is_end`. The Python server.
 * - `final`: `is_final` is true in the last message only. The C++ server with `2pass`, as documented.
 * - `speaking`: `is_final` is true until the end of the audio was read, and false after it. Earlier Python servers.
 */
export type EndMark = 'acknowledged' | 'final' | 'speaking';

/** What is known about a server, from all sessions with it. */
export interface ServerKnowledge {
  endMark: EndMark | undefined;
  /** Whether its times count from the start of the session, so that a sentence is placed exactly. */
  hasSessionTimes: boolean;
}

/**
 * Decides which message is the last one of a session. The protocol page has `is_final` for it, and says that it is always
 * false in `offline` mode, where one result is sent; the servers differ.
 */
export class LastResult {
  readonly #server: ServerKnowledge;
  /** Whether the end of the audio was sent. */
  #isAudioOver = false;

  constructor(server: ServerKnowledge) {
    this.#server = server;
  }

  /** The end of the audio was sent. */
  audioEnded(): void {
    this.#isAudioOver = true;
  }

  /**
   * Processes a message.
   * @returns `last`; `maybe` when it is the last one unless another follows soon; or `more`.
   * @throws {FunAsrError} `E_ENGINE` when the server reports that it failed.
   */
  read(message: RuntimeMessage): 'last' | 'maybe' | 'more' {
    const { mode, isFinal, isEnd } = message;
    if (message.error !== undefined || (isEnd && isFinal === false)) throw failed(message);
    if (isEnd) return 'last';
    this.#learn(message);
    if (!this.#isAudioOver) return 'more';
    const { endMark } = this.#server;
    if (endMark === 'acknowledged') return 'more';
    if (endMark === 'speaking') return mode !== '2pass-online' && isFinal === false ? 'last' : 'more';
    if (mode === 'offline') return isFinal === true && endMark !== 'final' ? 'maybe' : 'last';
    if (isFinal !== true) return 'more';
    return endMark === 'final' ? 'last' : 'maybe';
  }

  #learn({ mode, isFinal, server }: RuntimeMessage): void {
    const known = this.#server;
    if (server === 'python') known.endMark = 'acknowledged';
    else if (server === 'runtime') known.endMark = 'final';
    else if (known.endMark !== undefined || mode === '') return;
    else if (isFinal === true && !this.#isAudioOver) known.endMark = 'speaking';
    else if (isFinal === false && mode === '2pass-offline') known.endMark = 'final';
  }
}

function failed({ error }: RuntimeMessage): FunAsrError {
  const reason = error ?? 'it did not finalise the audio';
  return new FunAsrError('E_ENGINE', `the FunASR server failed: ${reason}`, {
    retryable: true,
    hint: 'See the log of the server.',
  });
}
