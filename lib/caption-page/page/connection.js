const SUBPROTOCOL = 'fun-asr-captions';
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 5000;
/** A server that sends nothing for this time is gone. It sends a sign of life every 5 s. */
const SILENCE_MS = 20_000;
/** The server closes a connection with these codes when another one would be refused, too. */
const FINAL_CODES = {
  4400: 'protocol',
  4404: 'session',
  4408: 'protocol',
  4409: 'replaced',
  4429: 'sources',
};

/** What the server says about the page, with a new page token. Fails when the server cannot be reached. */
export async function fetchConfig() {
  const response = await fetch('/captions/config', { cache: 'no-store' });
  if (response.status === 401 || response.status === 403) throw new RefusedError(await response.text());
  if (!response.ok) throw new Error(`status ${response.status}`);
  return await response.json();
}

/** The server answers, and does not accept this page. */
export class RefusedError extends Error {}

/** A WebSocket to the server of the page, which is opened again when it is lost. */
export class Connection {
  #handlers;
  #socket;
  #retryMs = FIRST_RETRY_MS;
  #timer;
  #isOpening = false;
  #isClosed = false;

  /**
   * @param {object} handlers `onOpen()`: the first message can be sent. `onMessage(message)`. `onLost()`: it is opened again
   * after a delay. `onRefused(reason)`: it is not.
   */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Bytes that the network has not taken yet. */
  get bufferedBytes() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Opens it, unless it is open. */
  async open() {
    if (this.#isOpening || this.#isClosed || this.#socket) return;
    this.#isOpening = true;
    try {
      const { token } = await fetchConfig();
      if (this.#isClosed) return;
      const address = `${location.origin.replace('http', 'ws')}/captions/socket`;
      const socket = new WebSocket(address, [SUBPROTOCOL, token]);
      this.#socket = socket;
      socket.addEventListener('open', () => {
        this.#retryMs = FIRST_RETRY_MS;
        this.#expectMessage();
        this.#handlers.onOpen();
      });
      socket.addEventListener('message', ({ data }) => {
        if (socket !== this.#socket) return;
        this.#expectMessage();
        this.#handlers.onMessage(JSON.parse(data));
      });
      socket.addEventListener('close', ({ code }) => this.#lose(socket, code));
    } catch (error) {
      if (error instanceof RefusedError) this.#handlers.onRefused('access');
      else this.#retry();
    } finally {
      this.#isOpening = false;
    }
  }

  /** @param {object | ArrayBuffer} message */
  send(message) {
    if (this.isOpen) this.#socket.send(message instanceof ArrayBuffer ? message : JSON.stringify(message));
  }

  /** Closes it for good. No handler is called again. */
  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #expectMessage() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#timer = setTimeout(() => {
      // A closing handshake would wait for the server.
      socket.close();
      this.#lose(socket, 1006);
    }, SILENCE_MS);
  }

  #lose(socket, code) {
    if (socket !== this.#socket) return;
    clearTimeout(this.#timer);
    this.#socket = undefined;
    if (FINAL_CODES[code]) this.#handlers.onRefused(FINAL_CODES[code]);
    else this.#retry();
  }

  #retry() {
    if (this.#isClosed) return;
    this.#handlers.onLost();
    // Pages that lost the same server do not return at the same moment.
    setTimeout(() => void this.open(), this.#retryMs * (0.5 + Math.random() / 2));
    this.#retryMs = Math.min(MAX_RETRY_MS, this.#retryMs * 2);
  }
}
