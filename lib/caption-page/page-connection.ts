import type { WebSocket } from 'ws';
import { asFunAsrError, type FunAsrError } from '../core/errors.ts';
import type { RecognizeOptions } from '../recognize.ts';
import { BrowserAudio } from './browser-audio.ts';
import type { CaptionHub } from './caption-hub.ts';
import type { CaptionSession } from './caption-session.ts';
import { type PageMessage, parsePageMessage, type ScreenSize, type ServerMessage } from './page-messages.ts';
import { RateLimit } from './rate-limit.ts';
import { Viewer } from './viewer.ts';

/** Reasons with which a connection is closed. The page shows them in the language of its user. */
export const CLOSE = {
  protocol: [4400, 'protocol'],
  tooManySources: [4429, 'sources'],
  tooManyMessages: [4408, 'rate'],
  noSession: [4404, 'session'],
  replaced: [4409, 'replaced'],
  slow: [4413, 'slow'],
} as const;

/** What all connections of a page share. */
export interface ConnectionRules {
  readonly hub: CaptionHub;
  /** Returns the options of the recognition of microphones; undefined when the server has its own source. */
  readonly recognition: (() => RecognizeOptions) | undefined;
  /** Bytes of audio of one second. */
  readonly bytesPerSecond: number;
  /** Whether a viewer must name its session. */
  readonly needsSession: boolean;
  /** The connection that sends the audio of each session. */
  readonly sources: Map<CaptionSession, PageConnection>;
  readonly maxSources: number;
  /** Recognitions that are not closed yet. */
  readonly open: Set<Promise<void>>;
}

/** Text messages of a page per second, and at once. A page sends one when a button is pressed or its window changes. */
const MESSAGES_PER_SECOND = 5;
const MESSAGES_AT_ONCE = 50;
/** Audio is taken at this multiple of its duration, after as much as a page keeps while it has no connection. */
const AUDIO_SPEED = 4;
const AUDIO_AT_ONCE_SECONDS = 660;
/** A message of audio counts as at least this many bytes, because it costs more than its bytes. */
const MIN_AUDIO_BYTES = 320;
/** A page that has not read this many bytes is too slow. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;
/** Interval of signs of life, and of the check that the page is alive, in ms. */
const ALIVE_MS = 5000;

/** The connection of one page. */
export class PageConnection {
  readonly #socket: WebSocket;
  readonly #rules: ConnectionRules;
  readonly #messages = new RateLimit(MESSAGES_PER_SECOND, MESSAGES_AT_ONCE);
  readonly #audioRate: RateLimit;
  #viewer: Viewer | undefined;
  /** The session that it sends audio to, or shows; undefined for a viewer that follows the current session. */
  #session: CaptionSession | undefined;
  #isSource = false;
  #audio: BrowserAudio | undefined;
  #isAlive = true;
  readonly #timer: NodeJS.Timeout;

  constructor(socket: WebSocket, rules: ConnectionRules) {
    this.#socket = socket;
    this.#rules = rules;
    const { bytesPerSecond } = rules;
    this.#audioRate = new RateLimit(bytesPerSecond * AUDIO_SPEED, bytesPerSecond * AUDIO_AT_ONCE_SECONDS);
    socket.on('error', () => {});
    socket.on('message', (data, isBinary) => {
      // The answer to a ping may wait behind much audio.
      this.#isAlive = true;
      if (isBinary) this.#takeAudio(data as Buffer);
      else this.#takeText((data as Buffer).toString());
    });
    socket.on('pong', () => (this.#isAlive = true));
    socket.once('close', () => this.#release());
    this.#timer = setInterval(() => this.#checkAlive(), ALIVE_MS);
    this.#timer.unref();
  }

  /** Closes the connection. Audio that is not recognised stays with the page. */
  close([code, reason]: readonly [number, string]): void {
    this.#release();
    this.#socket.close(code, reason);
  }

  #takeText(json: string): void {
    if (this.#messages.take(1) > 0) return this.close(CLOSE.tooManyMessages);
    const message = parsePageMessage(json);
    if (message === undefined || !this.#take(message)) this.close(CLOSE.protocol);
  }

  /** @returns Whether the message is allowed now. */
  #take(message: PageMessage): boolean {
    const { type } = message;
    if (type === 'source') return this.#viewer === undefined && this.#beSource(message);
    if (type === 'view') return this.#viewer === undefined && this.#view(message);
    if (type === 'size') return this.#resize(message);
    if (type === 'audio') return this.#isSource && !this.#audio && this.#startAudio(message);
    this.#audio?.end();
    return this.#isSource;
  }

  #beSource({ secret, sentenceId, ...size }: PageMessage & { type: 'source' }): boolean {
    const { hub, sources, maxSources, recognition } = this.#rules;
    if (recognition === undefined) return false;
    const session = hub.sessionOf(secret);
    sources.get(session)?.close(CLOSE.replaced);
    if (sources.size >= maxSources) {
      this.close(CLOSE.tooManySources);
      return true;
    }
    sources.set(session, this);
    this.#isSource = true;
    this.#join(session, size, sentenceId);
    session.continueAfter(sentenceId);
    this.#send({ type: 'ready', session: session.name });
    return true;
  }

  #view({ session: name, ...size }: PageMessage & { type: 'view' }): boolean {
    const { hub, needsSession } = this.#rules;
    if (name === undefined && !needsSession) {
      this.#viewer = this.#newViewer(size);
      hub.follow(this.#viewer, size);
      return true;
    }
    if (name === undefined) {
      this.close(CLOSE.noSession);
      return true;
    }
    this.#send({ type: 'ready', session: name });
    this.#join(hub.sessionNamed(name), size, 0);
    return true;
  }

  #join(session: CaptionSession, size: ScreenSize, sentenceId: number): void {
    this.#session = session;
    this.#viewer = this.#newViewer(size);
    session.join(this.#viewer, size, sentenceId);
  }

  #newViewer({ lines, width }: ScreenSize): Viewer {
    return new Viewer({ lines, width }, (message) => this.#send(message));
  }

  #resize({ lines, width }: ScreenSize): boolean {
    if (!this.#viewer) return false;
    if (this.#session) this.#session.resize(this.#viewer, { lines, width });
    else this.#rules.hub.resizeFollower(this.#viewer, { lines, width });
    return true;
  }

  #startAudio({ positionMs, language }: PageMessage & { type: 'audio' }): boolean {
    const { hub, recognition, open } = this.#rules;
    const session = this.#session;
    if (!session || !recognition) return false;
    session.dropPartials();
    hub.setCurrent(session);
    try {
      const start = { positionMs, sentenceId: session.lastId };
      const options = { ...recognition(), ...(language !== undefined && { languageHints: [language] }) };
      const audio = new BrowserAudio(options, start, {
        onSentence: (sentence) => session.add(sentence),
        onRoom: () => this.#socket.resume(),
        onWarning: ({ code, message }) => this.#send({ type: 'warning', code, message }),
        onEnd: () => {
          this.#endAudio();
          this.#send({ type: 'ended' });
        },
        onError: (error) => this.#fail(error),
      });
      this.#audio = audio;
      open.add(audio.closed);
      void audio.closed.then(() => open.delete(audio.closed));
    } catch (error) {
      this.#fail(asFunAsrError(error));
    }
    return true;
  }

  /** A stream that has ended reports no more room, so the socket would stay paused. */
  #endAudio(): void {
    this.#audio = undefined;
    this.#socket.resume();
  }

  #fail({ code, message, hint, retryable }: FunAsrError): void {
    this.#endAudio();
    this.#send({ type: 'error', code, message, hint, retryable });
  }

  #takeAudio(pcm: Buffer): void {
    if (!this.#isSource || pcm.length % 2 !== 0) return this.close(CLOSE.protocol);
    // After a failure the page sends the rest of what it had begun to send.
    if (!this.#audio) return;
    const waitMs = this.#audioRate.take(Math.max(pcm.length, MIN_AUDIO_BYTES));
    const hasRoom = this.#audio.write(pcm);
    if (!hasRoom) this.#socket.pause();
    else if (waitMs > 0) {
      this.#socket.pause();
      setTimeout(() => this.#socket.resume(), waitMs).unref();
    }
  }

  #send(message: ServerMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_UNREAD_BYTES) return this.close(CLOSE.slow);
    this.#socket.send(JSON.stringify(message));
  }

  #checkAlive(): void {
    // A paused socket does not read the answer.
    if (!this.#isAlive && !this.#socket.isPaused) return this.#socket.terminate();
    this.#isAlive = false;
    this.#socket.ping();
    this.#send({ type: 'alive' });
  }

  #release(): void {
    clearInterval(this.#timer);
    this.#audio?.destroy();
    this.#audio = undefined;
    const { hub, sources } = this.#rules;
    if (this.#viewer) {
      if (this.#session) this.#session.leave(this.#viewer);
      else hub.unfollow(this.#viewer);
    }
    if (this.#session && sources.get(this.#session) === this) sources.delete(this.#session);
  }
}
