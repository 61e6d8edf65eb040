import { once } from 'node:events';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { Writer } from 'wav';
import { FunAsrError, systemCode } from '../../core/errors.ts';
import { withWriteErrors } from '../../core/system/write-error.ts';
import { BYTES_PER_SAMPLE, bytesOf } from '../../media/pcm.ts';

/** The sizes in the header are renewed each time after this much audio, in ms. */
const RENEWAL_MS = 1000;
/** Size fields have 32 bits. This is the limit of the Writer, which leaves room for the header. */
const MAX_DATA_BYTES = 2 ** 32 - 102;
/** Offset of the size of the RIFF chunk, which counts everything after itself. */
const RIFF_SIZE_OFFSET = 4;
const RIFF_SIZE_END = 8;
/** Length of the size of the `data` chunk, with which the header ends. */
const SIZE_BYTES = 4;

/** Options of a {@link WavFile}. */
export interface WavFileOptions {
  readonly sampleRate: number;
  /** Whether a file that exists is replaced. */
  readonly force: boolean;
  /** Maximum length of the audio, in bytes. @default the limit of the format, 4 GiB */
  readonly maxBytes?: number | undefined;
}

/**
 * A WAV file of s16le mono PCM that can be read at any moment, also after the process was killed. Audio is forced on to
 * the disk first and the sizes in the header after it, once a second of audio: the header never promises audio that is
 * not there.
 *
 * All methods fail with `E_WRITE` or `E_DISK_FULL`.
 */
export class WavFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #writer: Writer;
  readonly #header: Buffer;
  readonly #renewalBytes: number;
  readonly #maxBytes: number;
  /** The first byte of a sample whose second one has not arrived. */
  #halfSample: Buffer = Buffer.alloc(0);
  #dataBytes = 0;
  /** Audio that the header covers. */
  #coveredBytes = 0;

  /** Creates the file. @throws {FunAsrError} `E_EXISTS`, `E_WRITE`, `E_DISK_FULL`. */
  static async create(path: string, options: WavFileOptions): Promise<WavFile> {
    return await withWriteErrors(path, async () => {
      const file = await openFile(path, options.force);
      try {
        const wav = new WavFile(path, file, options);
        await wav.#writeHeader();
        return wav;
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  private constructor(
    path: string,
    file: FileHandle,
    { sampleRate, maxBytes = MAX_DATA_BYTES }: WavFileOptions,
  ) {
    this.#path = path;
    this.#file = file;
    this.#writer = new Writer({ channels: 1, sampleRate, bitDepth: 8 * BYTES_PER_SAMPLE });
    // The Writer makes the header when it is created, with placeholders for the sizes.
    this.#header = Buffer.from(this.#writer.read());
    this.#renewalBytes = bytesOf(RENEWAL_MS, sampleRate);
    this.#maxBytes = maxBytes;
  }

  /** Length of the audio so far, in bytes. */
  get dataBytes(): number {
    return this.#dataBytes;
  }

  /** Appends PCM. @returns Whether all of it had room in the file. */
  async write(pcm: Buffer): Promise<boolean> {
    const samples = this.#wholeSamples(pcm);
    const fitting = samples.subarray(0, this.#maxBytes - this.#dataBytes);
    await withWriteErrors(this.#path, async () => {
      await this.#append(this.#throughWriter(fitting));
      if (this.#dataBytes - this.#coveredBytes >= this.#renewalBytes) await this.#renewSizes();
    });
    return fitting.length === samples.length;
  }

  /** Completes the file and closes it. */
  async close(): Promise<void> {
    await withWriteErrors(this.#path, async () => {
      try {
        await this.#file.datasync();
        const header = await this.#finalHeader();
        // After a failed write the Writer counts audio that is not in the file.
        if (this.#writer.bytesProcessed === this.#dataBytes) await this.#writeAt(header, 0);
        else await this.#writeHeader();
        await this.#file.sync();
      } finally {
        await this.#file.close();
      }
    });
  }

  /** Closes and removes the file. */
  async discard(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }

  #wholeSamples(pcm: Buffer): Buffer {
    const bytes = this.#halfSample.length === 0 ? pcm : Buffer.concat([this.#halfSample, pcm]);
    const end = bytes.length - (bytes.length % BYTES_PER_SAMPLE);
    this.#halfSample = Buffer.from(bytes.subarray(end));
    return bytes.subarray(0, end);
  }

  #throughWriter(pcm: Buffer): Buffer[] {
    this.#writer.write(pcm);
    const chunks: Buffer[] = [];
    for (let chunk = this.#read(); chunk; chunk = this.#read()) chunks.push(chunk);
    return chunks;
  }

  #read(): Buffer | null {
    return this.#writer.read();
  }

  async #append(chunks: readonly Buffer[]): Promise<void> {
    for (const chunk of chunks) {
      await this.#writeAt(chunk, this.#header.length + this.#dataBytes);
      this.#dataBytes += chunk.length;
    }
  }

  async #renewSizes(): Promise<void> {
    await this.#file.datasync();
    await this.#writeHeader();
  }

  async #writeHeader(): Promise<void> {
    const { length } = this.#header;
    this.#header.writeUInt32LE(length - RIFF_SIZE_END + this.#dataBytes, RIFF_SIZE_OFFSET);
    this.#header.writeUInt32LE(this.#dataBytes, length - SIZE_BYTES);
    await this.#writeAt(this.#header, 0);
    this.#coveredBytes = this.#dataBytes;
  }

  /** The header with the final sizes, which the Writer makes at its end. */
  async #finalHeader(): Promise<Buffer> {
    const header = once(this.#writer, 'header');
    this.#writer.end();
    this.#writer.resume();
    return (await header)[0];
  }

  /** A full disk may take a part of the bytes without an error: the next part then has the error. */
  async #writeAt(bytes: Buffer, position: number): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      const part = await this.#file.write(bytes, written, bytes.length - written, position + written);
      written += part.bytesWritten;
    }
  }
}

async function openFile(path: string, force: boolean): Promise<FileHandle> {
  try {
    return await open(path, force ? 'w' : 'wx');
  } catch (cause) {
    if (systemCode(cause) !== 'EEXIST') throw cause;
    throw new FunAsrError('E_EXISTS', `${path} exists already`, {
      hint: 'Choose another file. record() replaces it with force: true.',
      cause,
    });
  }
}
