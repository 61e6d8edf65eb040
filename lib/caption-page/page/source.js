import { AudioQueue } from './audio-queue.js';
import { Connection } from './connection.js';
import { Microphone } from './microphone.js';

/** Audio is kept back while this much of it waits for the network. */
const MAX_BUFFERED_BYTES = 256 * 1024;
const PUMP_MS = 200;
const RETRY_MS = 3000;
/** Messages for the errors with which a browser gives no microphone. */
const START_FAILURES = {
  NotAllowedError: 'microphoneRefused',
  NotFoundError: 'microphoneMissing',
  NotReadableError: 'microphoneMissing',
  TimeoutError: 'soundNotStarted',
};

/**
 * The microphone of this browser as the source of captions. Audio is kept until it is in a final sentence, so that nothing is
 * lost when the connection or the server fails.
 */
export class Source {
  #events;
  #transcript;
  #screen;
  #secret = newSecret();
  #microphone;
  #queue;
  #sampleRate;
  #language;
  #connection;
  /** `idle`, `starting`, `running`, `pausing`, `paused`, `stopping` */
  #state = 'idle';
  /** Whether the microphone may send further chunks. */
  #isListening = false;
  /** Whether the server takes audio now. */
  #isStreaming = false;
  #hasSentStop = false;

  /**
   * @param {object} events `onState(state)`, `onCaption(lines)`, `onSession(name)`, `onNotice(key, values)`,
   * `onConnection(isOpen)`
   * @param {import('./transcript.js').Transcript} transcript
   * @param {() => { lines: number, width: number }} screen
   */
  constructor(events, transcript, screen) {
    this.#events = events;
    this.#transcript = transcript;
    this.#screen = screen;
    setInterval(() => this.#pump(), PUMP_MS);
  }

  get state() {
    return this.#state;
  }

  /** @param {number} sampleRate @param {string | undefined} language A code; undefined: it is recognised, too. */
  async start(sampleRate, language) {
    if (this.#state !== 'idle') return;
    this.#language = language;
    this.#setState('starting');
    this.#sampleRate ??= sampleRate;
    this.#queue ??= new AudioQueue(this.#sampleRate);
    try {
      this.#microphone = new Microphone();
      await this.#microphone.open(() => {
        this.#events.onNotice('microphoneLost');
        void this.stop();
      });
    } catch (error) {
      this.#microphone = undefined;
      this.#setState('idle');
      this.#events.onNotice(START_FAILURES[error.name] ?? 'startFailed');
      return;
    }
    await this.#listen();
  }

  async pause() {
    if (this.#state !== 'running') return;
    this.#setState('pausing');
    await this.#endAudio();
    this.#setState('paused');
  }

  async resume() {
    if (this.#state === 'paused' && !this.#isListening) await this.#listen();
  }

  async stop() {
    if (this.#state !== 'running' && this.#state !== 'paused') return;
    this.#setState('stopping');
    await this.#endAudio();
    await this.#microphone.close();
    this.#microphone = undefined;
    this.#setState('idle');
  }

  /** Begins another session: its times begin at 0. */
  renew() {
    this.#secret = newSecret();
    this.#queue = undefined;
    this.#isStreaming = false;
    this.#connection?.close();
    this.#connection = undefined;
  }

  resize() {
    this.#connection?.send({ type: 'size', ...this.#screen() });
  }

  async #listen() {
    this.#isListening = true;
    await this.#microphone.start(this.#sampleRate, (chunk) => this.#take(chunk));
    this.#setState('running');
    this.#connect();
  }

  /** Ends the audio for now: the sentence that is being spoken becomes final. */
  async #endAudio() {
    await this.#microphone.stop();
    this.#isListening = false;
    this.#pump();
  }

  #take(chunk) {
    const lostMs = this.#queue.push(chunk);
    if (lostMs > 0) this.#events.onNotice('audioLost', { ms: lostMs });
    this.#pump();
  }

  #connect() {
    if (this.#connection) {
      if (this.#connection.isOpen && !this.#isStreaming) this.#beginAudio();
      return;
    }
    this.#connection = new Connection({
      onOpen: () =>
        this.#connection.send({
          type: 'source',
          secret: this.#secret,
          sentenceId: this.#transcript.lastId,
          ...this.#screen(),
        }),
      onMessage: (message) => this.#receive(message),
      onLost: () => {
        this.#isStreaming = false;
        this.#events.onConnection(false);
      },
      onRefused: (reason) => {
        this.#isStreaming = false;
        this.#connection = undefined;
        this.#events.onNotice(`refused-${reason}`);
        void this.stop();
      },
    });
    void this.#connection.open();
  }

  #receive(message) {
    switch (message.type) {
      case 'ready':
        this.#events.onConnection(true);
        this.#events.onSession(message.session);
        if (this.#isListening || !this.#queue.isAllConfirmed) this.#beginAudio();
        break;
      case 'caption':
        this.#events.onCaption(message.lines);
        break;
      case 'sentence':
        this.#transcript.add(message.sentence);
        this.#queue.confirm(message.sentence.end_time);
        break;
      case 'ended':
        this.#isStreaming = false;
        this.#queue.confirmSent();
        // The user has pressed a button while the last sentence was recognised.
        if (this.#isListening || !this.#queue.isAllConfirmed) this.#beginAudio();
        break;
      case 'warning':
        this.#events.onNotice('server', { text: message.message });
        break;
      case 'error':
        this.#fail(message);
        break;
    }
  }

  #beginAudio() {
    const { positionMs, lostMs } = this.#queue.rewind();
    if (lostMs > 0) this.#events.onNotice('audioLost', { ms: lostMs });
    this.#connection.send({ type: 'audio', positionMs, language: this.#language });
    this.#isStreaming = true;
    this.#hasSentStop = false;
    this.#pump();
  }

  /** Sends what the network takes. */
  #pump() {
    if (!this.#isStreaming || this.#hasSentStop) return;
    while (this.#connection.bufferedBytes < MAX_BUFFERED_BYTES) {
      const chunk = this.#queue.next();
      if (!chunk) break;
      this.#connection.send(chunk);
    }
    if (this.#isListening || !this.#queue.isAllSent) return;
    this.#hasSentStop = true;
    this.#connection.send({ type: 'stop' });
  }

  #fail({ message, hint, retryable }) {
    this.#isStreaming = false;
    this.#events.onNotice('server', { text: hint ? `${message}. ${hint}` : message });
    // The audio is kept. Start sends it again.
    if (!retryable) {
      void this.stop();
      return;
    }
    setTimeout(() => {
      if (this.#connection?.isOpen && !this.#isStreaming) this.#beginAudio();
    }, RETRY_MS);
  }

  #setState(state) {
    this.#state = state;
    this.#events.onState(state);
  }
}

/** 128 random bits as hexadecimal digits. */
function newSecret() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
