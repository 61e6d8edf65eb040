/** Duration of a chunk of audio. */
export const CHUNK_MS = 100;
/** Audio that is kept while it is not recognised: ten minutes. */
const MAX_MS = 600_000;
/** Largest sample value of a chunk without speech. */
const QUIET = 200;

/**
 * The audio of a session that is not in a final sentence yet, in chunks. After a lost connection it is sent again.
 * Positions are ms from the start of the session:
 *
 *     start ≤ sent ≤ end        confirmed ≤ end
 */
export class AudioQueue {
  #bytesPerMs;
  #maxMs;
  #chunks = [];
  #startMs = 0;
  #sentMs = 0;
  #confirmedMs = 0;
  /** Sound that was sent, and dropped before it was confirmed. */
  #droppedMs = 0;

  /** @param {number} sampleRate @param {number} [maxMs] */
  constructor(sampleRate, maxMs = MAX_MS) {
    this.#bytesPerMs = (sampleRate * 2) / 1000;
    this.#maxMs = maxMs;
  }

  get endMs() {
    return this.#startMs + this.#chunks.length * CHUNK_MS;
  }

  get isAllSent() {
    return this.#sentMs >= this.endMs;
  }

  get isAllConfirmed() {
    return this.#confirmedMs >= this.endMs;
  }

  /**
   * Appends a chunk. When the queue is full, the oldest one is dropped.
   * @param {ArrayBuffer} chunk
   * @returns {number} Duration of sound that is lost, because it was never sent, in ms.
   */
  push(chunk) {
    this.#chunks.push(chunk);
    if (this.endMs - this.#startMs <= this.#maxMs) return 0;
    const isSent = this.#startMs < this.#sentMs;
    const soundMs = isQuiet(this.#drop()) ? 0 : CHUNK_MS;
    if (isSent) this.#droppedMs += soundMs;
    return isSent ? 0 : soundMs;
  }

  /** All audio before this position is recognised. */
  confirm(ms) {
    this.#confirmedMs = Math.max(this.#confirmedMs, Math.min(ms, this.endMs));
    if (this.#confirmedMs >= this.#startMs) this.#droppedMs = 0;
    while (this.#chunks.length > 0 && this.#startMs + CHUNK_MS <= this.#confirmedMs) this.#drop();
  }

  /** All audio that was sent is recognised. */
  confirmSent() {
    this.confirm(this.#sentMs);
  }

  /**
   * Begins to send again, with the first audio that is not confirmed.
   * @returns {{ positionMs: number, lostMs: number }} Where it begins, and the duration of sound before it that cannot be
   * sent again.
   */
  rewind() {
    this.#sentMs = Math.max(this.#startMs, this.#confirmedMs);
    const lostMs = this.#droppedMs;
    this.#droppedMs = 0;
    return { positionMs: this.#sentMs, lostMs };
  }

  /** @returns {ArrayBuffer | undefined} The next audio to send; undefined when all is sent. */
  next() {
    const index = Math.floor((this.#sentMs - this.#startMs) / CHUNK_MS);
    const chunk = this.#chunks[index];
    if (!chunk) return undefined;
    const beginMs = this.#startMs + index * CHUNK_MS;
    const skippedMs = this.#sentMs - beginMs;
    this.#sentMs = beginMs + CHUNK_MS;
    return skippedMs > 0 ? chunk.slice(skippedMs * this.#bytesPerMs) : chunk;
  }

  #drop() {
    this.#startMs += CHUNK_MS;
    this.#sentMs = Math.max(this.#sentMs, this.#startMs);
    return this.#chunks.shift();
  }
}

function isQuiet(chunk) {
  return new Int16Array(chunk).every((sample) => Math.abs(sample) < QUIET);
}
