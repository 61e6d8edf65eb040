import { FunAsrError } from '../../core/errors.ts';
import { BYTES_PER_SAMPLE, bytesOf, DEFAULT_SAMPLE_RATE } from '../../media/pcm.ts';
import type { EngineStream, EngineStreamOptions } from '../../service/engine.ts';
import { FRAME_MS, type RuntimeSettings } from './runtime-messages.ts';
import { RuntimeSession } from './runtime-session.ts';
import type { RuntimeServer } from './session-connection.ts';

const FRAME_BYTES = bytesOf(FRAME_MS, DEFAULT_SAMPLE_RATE);

/**
 * Recognises one stream of audio on a FunASR runtime server, in one session after another. A session ends in a pause, so
 * that a failure costs its audio only. The next session receives audio while the server still recognises the one before.
 */
export class RuntimeStream implements EngineStream {
  readonly #server: RuntimeServer;
  readonly #settings: RuntimeSettings;
  readonly #options: EngineStreamOptions;
  readonly #onClose: () => void;
  readonly #stopped = new AbortController();
  /** Audio that is not a whole frame yet. */
  #rest: Buffer = Buffer.alloc(0);
  #session: RuntimeSession | undefined;
  /** The session that has all its audio, and its end. */
  #ending: { readonly session: RuntimeSession; readonly ended: Promise<void> } | undefined;
  /** End of the audio that was sent, and of its last loud part, in ms. */
  #audioMs = 0;
  #loudUntil = 0;
  #failure: Error | undefined;

  /** @param onClose Called when the stream has ended, failed or was destroyed. */
  constructor(
    server: RuntimeServer,
    settings: RuntimeSettings,
    options: EngineStreamOptions,
    onClose: () => void,
  ) {
    this.#server = server;
    this.#settings = settings;
    this.#options = options;
    this.#onClose = onClose;
  }

  get silenceMs(): number {
    return Math.max(0, this.#audioMs - this.#loudUntil);
  }

  async write(pcm: Buffer): Promise<void> {
    await this.#guard(async () => {
      this.#rest = this.#rest.length === 0 ? pcm : Buffer.concat([this.#rest, pcm]);
      while (this.#rest.length >= FRAME_BYTES) {
        const frame = this.#rest.subarray(0, FRAME_BYTES);
        this.#rest = this.#rest.subarray(FRAME_BYTES);
        await this.#send(frame);
      }
      // The caller may use its buffer again.
      this.#rest = Buffer.from(this.#rest);
    });
  }

  async end(): Promise<void> {
    await this.#guard(async () => {
      const last = this.#rest.subarray(0, this.#rest.length - (this.#rest.length % BYTES_PER_SAMPLE));
      this.#rest = Buffer.alloc(0);
      if (last.length > 0) await this.#send(last);
      await this.#endSession();
      await this.#ending?.ended;
    });
    this.#onClose();
  }

  destroy(reason: Error = new FunAsrError('E_ENGINE', 'The stream of audio was destroyed')): void {
    this.#fail(reason);
  }

  async #send(frame: Buffer): Promise<void> {
    if (!this.#session) {
      this.#session = await this.#openSession();
      if (!this.#ending) this.#session.release();
    }
    const session = this.#session;
    await session.write(frame);
    this.#audioMs = session.clock.end;
    if (session.clock.pauseMs === 0) this.#loudUntil = this.#audioMs;
    if (session.isAtCut) await this.#endSession();
  }

  async #openSession(): Promise<RuntimeSession> {
    const { partials, onSentence } = this.#options;
    return await RuntimeSession.open({
      server: this.#server,
      settings: this.#settings,
      begin: this.#audioMs,
      signal: this.#stopped.signal,
      onSentence: (sentence) => {
        if (!this.#failure && (partials || sentence.end_time !== null)) onSentence(sentence);
      },
    });
  }

  /** Ends the audio of the session. Waits only for the session before it. */
  async #endSession(): Promise<void> {
    const session = this.#session;
    await this.#ending?.ended;
    this.#session = undefined;
    if (!session) return;
    const ended = session.end().then(() => {
      this.#ending = undefined;
      this.#session?.release();
    });
    this.#ending = { session, ended };
    ended.catch((reason: Error) => this.#fail(reason));
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      if (this.#failure) throw this.#failure;
      await work();
      if (this.#failure) throw this.#failure;
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      this.#fail(reason);
      throw this.#failure ?? reason;
    }
  }

  /** Stops. `write` and `end` reject with the reason. */
  #fail(reason: Error): void {
    if (this.#failure) return;
    this.#failure = reason;
    this.#stopped.abort(reason);
    this.#session?.destroy();
    this.#ending?.session.destroy();
    this.#onClose();
  }
}
