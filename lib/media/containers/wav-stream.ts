import type { Step } from '../../core/stage.ts';
import { endOfChunk, type RiffChunk, riffChunk, riffForm } from './riff.ts';
import type { Truncation } from '../truncation.ts';
import { FILLERS, PLACEHOLDER_BYTES } from './wav.ts';

/** Identifier, size and form of a RIFF file; also enough for the header of a chunk. */
const HEADER_BYTES = 12;

/** A larger chunk after the audio is audio that looks like the header of a chunk. */
const MAX_CHUNK_BYTES = 64 * 1024 * 1024;

/** A larger `fmt ` chunk is invalid. */
const MAX_FORMAT_BYTES = 4096;

/** What is done with the next bytes. */
type State =
  /** The header of the file, of a chunk before the audio, or of what follows the audio. */
  | { readonly name: 'file' | 'chunk' | 'after' }
  /** So many bytes are passed on, or dropped, and then a header follows. */
  | { readonly name: 'pass' | 'drop'; left: number; readonly next: 'chunk' | 'after' }
  | { readonly name: 'rest' };

/**
 * Makes a WAV stream one whose size is unknown, so that FFmpeg reads all of its audio: also that of a header that was
 * never updated, and of further WAV files after the first one that have the same format. The audio ends where a chunk
 * of another kind follows. Passes any other stream on as it is.
 */
export class WavStream implements Step<Buffer, Buffer> {
  #state: State = { name: 'file' };
  #pending: Buffer = Buffer.alloc(0);
  /** Content of the first `fmt ` chunk, with which later ones are compared. */
  #format: Buffer | undefined;
  #isFirst = true;
  #data: RiffChunk | undefined;
  #dataBytes = 0;
  /** Equal bytes after the audio: space that was reserved, unless more audio follows. */
  #filler: number | undefined;
  #fillerBytes = 0;
  #truncation: Truncation | undefined;

  /** Set at the end, when there was less audio than the header states, or audio that cannot be decoded. */
  get truncation(): Truncation | undefined {
    return this.#truncation;
  }

  *feed(chunk: Buffer): Iterable<Buffer> {
    let bytes = this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk;
    this.#pending = Buffer.alloc(0);
    while (bytes.length > 0) {
      const state = this.#state;
      if (state.name === 'rest') {
        yield bytes;
        return;
      }
      if (state.name === 'pass' || state.name === 'drop') {
        const part = bytes.subarray(0, state.left);
        bytes = bytes.subarray(part.length);
        state.left -= part.length;
        if (state.next === 'after' && state.name === 'pass') this.#dataBytes += part.length;
        if (state.left === 0) this.#state = { name: state.next };
        if (state.name === 'pass') yield part;
        continue;
      }
      if (bytes.length < HEADER_BYTES) {
        this.#pending = bytes;
        return;
      }
      const read = this.#readHeader(state.name, bytes);
      if (read === undefined) {
        this.#pending = bytes;
        return;
      }
      yield* read.output;
      bytes = bytes.subarray(read.bytes);
    }
  }

  *end(): Iterable<Buffer> {
    const { name } = this.#state;
    if (name !== 'after' && this.#pending.length > 0) yield this.#pending;
    if (this.#data && this.#dataBytes < this.#data.size && name === 'pass') {
      this.#truncation = {
        kind: 'missing bytes',
        statedBytes: this.#data.size,
        presentBytes: this.#dataBytes,
      };
    }
  }

  /** @returns What is passed on, and the number of bytes that were read; undefined when more bytes are needed. */
  #readHeader(
    state: 'file' | 'chunk' | 'after',
    bytes: Buffer,
  ): { readonly output: Buffer[]; readonly bytes: number } | undefined {
    if (state === 'file') {
      // RF64 states its size elsewhere; such a stream is passed on.
      const isWav = riffForm(bytes) === 'WAVE' && bytes.toString('latin1', 0, 4) === 'RIFF';
      this.#state = { name: isWav ? 'chunk' : 'rest' };
      return { output: isWav ? [bytes.subarray(0, HEADER_BYTES)] : [], bytes: isWav ? HEADER_BYTES : 0 };
    }
    const chunk = riffChunk(bytes, 0);
    if (state === 'chunk') return this.#readChunk(chunk, bytes);
    return this.#readAfter(chunk, bytes);
  }

  /** A chunk before the audio. */
  #readChunk(chunk: RiffChunk, bytes: Buffer): { output: Buffer[]; bytes: number } | undefined {
    const content = bytes.subarray(chunk.offset, endOfChunk(chunk));
    if (chunk.id === 'fmt ') {
      if (chunk.size > MAX_FORMAT_BYTES) return this.#refuse();
      if (content.length < chunk.size) return undefined;
      if (this.#isFirst) this.#format = Buffer.from(content);
      else if (!this.#format?.subarray(0, 16).equals(content.subarray(0, 16))) return this.#refuse();
    }
    if (chunk.id !== 'data') {
      const name = this.#isFirst ? 'pass' : 'drop';
      this.#state = { name, left: endOfChunk(chunk) - chunk.offset, next: 'chunk' };
      if (this.#state.left === 0) this.#state = { name: 'chunk' };
      return { output: this.#isFirst ? [bytes.subarray(0, chunk.offset)] : [], bytes: chunk.offset };
    }
    const isUnknown = chunk.size === 0 || chunk.size >= PLACEHOLDER_BYTES;
    this.#data = isUnknown ? undefined : chunk;
    this.#dataBytes = 0;
    this.#state = isUnknown ? { name: 'rest' } : { name: 'pass', left: chunk.size, next: 'after' };
    const header = Buffer.from(bytes.subarray(0, chunk.offset));
    // A size of zero stands for an unknown one.
    header.writeUInt32LE(0, 4);
    return { output: this.#isFirst ? [header] : [], bytes: chunk.offset };
  }

  /** What follows the audio: another file, another chunk, reserved space, or audio that the header does not state. */
  #readAfter(chunk: RiffChunk, bytes: Buffer): { output: Buffer[]; bytes: number } {
    const padding = (this.#data?.size ?? 0) % 2;
    const at = padding === 1 && !isHeader(bytes) && isHeader(bytes.subarray(1)) ? 1 : 0;
    if (riffForm(bytes.subarray(at)) === 'WAVE') {
      this.#isFirst = false;
      this.#state = { name: 'chunk' };
      return { output: [], bytes: at + HEADER_BYTES };
    }
    if (isHeader(bytes.subarray(at))) {
      const { size } = at === 0 ? chunk : riffChunk(bytes.subarray(at), 0);
      this.#state = { name: 'drop', left: size + (size % 2), next: 'after' };
      if (this.#state.left === 0) this.#state = { name: 'after' };
      return { output: [], bytes: at + 8 };
    }
    this.#filler ??= FILLERS.find((filler) => filler === bytes[0]);
    const other = bytes.findIndex((byte) => byte !== this.#filler);
    if (other !== 0) {
      const count = other < 0 ? bytes.length : other;
      this.#fillerBytes += count;
      return { output: [], bytes: count };
    }
    this.#state = { name: 'rest' };
    return { output: [Buffer.alloc(this.#fillerBytes, this.#filler ?? 0)], bytes: 0 };
  }

  /** Drops the rest: its format is another one. */
  #refuse(): { output: Buffer[]; bytes: number } {
    this.#truncation = { kind: 'other format' };
    this.#state = { name: 'drop', left: Infinity, next: 'after' };
    return { output: [], bytes: 0 };
  }
}

/** Whether these bytes are the header of a chunk, and not audio. */
function isHeader(bytes: Buffer): boolean {
  return (
    bytes.length >= 8 &&
    /^\w[\w +-]{3}$/.test(bytes.toString('latin1', 0, 4)) &&
    bytes.readUInt32LE(4) <= MAX_CHUNK_BYTES
  );
}
