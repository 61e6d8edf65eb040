import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FunAsrError, messageOf } from '../../../core/errors.ts';
import { changed, fileStamp } from './file-stamp.ts';
import { LineFile } from '../../../core/system/line-file.ts';

/**
 * The SHA-256 of all bytes of a file, in hexadecimal.
 * @throws {FunAsrError} `E_READ`; an `AbortError`.
 */
export async function contentHash(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new FunAsrError('E_READ', `${path}: ${messageOf(error)}`, { cause: error });
  }
  return hash.digest('hex');
}

/**
 * Checks that a file has the content that it had.
 * @throws {FunAsrError} `E_CHANGED`, `E_READ`.
 */
export async function checkSameContent(path: string, content: string, stamp: string): Promise<void> {
  if (stamp === (await fileStamp(path)) || content === (await contentHash(path))) return;
  throw changed(path);
}

/** The content of a file, as it was at a stamp. */
export interface KnownContent {
  readonly content: string;
  readonly stamp: string;
}

/** Name of the file of the hashes in a state folder. */
export const HASHES_NAME = 'content.jsonl';

/**
 * The hashes of the recordings of one output folder. They are kept in a file, so that a recording is only read again when
 * its size, times or inode have changed. The file is a cache: without it, all recordings are read again.
 */
export class ContentHashes {
  readonly #file: LineFile;
  /** Where the hash of each recording is in the file. */
  readonly #places = new Map<string, number>();
  /** Hashes that are not in the file. */
  readonly #unsaved = new Map<string, KnownContent>();

  /** @param statePath The state folder. */
  static async read(statePath: string): Promise<ContentHashes> {
    const hashes = new ContentHashes(new LineFile(join(statePath, HASHES_NAME)));
    await hashes.#readPlaces().catch(() => undefined);
    return hashes;
  }

  private constructor(file: LineFile) {
    this.#file = file;
  }

  /** The content of a recording in its present state, if it is in the cache. Never reads the recording. */
  async known(path: string, input: string): Promise<KnownContent | undefined> {
    const known = await this.#last(input);
    return known && known.stamp === (await fileStamp(path).catch(() => undefined)) ? known : undefined;
  }

  /**
   * The content of a recording: from the cache, or by reading all of it.
   * @param path Of the file.
   * @param input Its name in the cache.
   * @throws {FunAsrError} `E_READ`; `E_CHANGED` when it is written to at this moment.
   */
  async of(path: string, input: string, signal?: AbortSignal): Promise<KnownContent> {
    const stamp = await fileStamp(path);
    const known = await this.#last(input);
    if (known?.stamp === stamp) return known;
    const read = { content: await contentHash(path, signal), stamp };
    if (stamp !== (await fileStamp(path))) throw changed(path);
    this.#unsaved.set(input, read);
    return read;
  }

  /** Appends the new hashes to the file. A failure has no effect but that the recordings are read again. */
  async save(): Promise<void> {
    const unsaved = [...this.#unsaved];
    if (unsaved.length === 0) return;
    const lines = unsaved.map(([input, known]) => JSON.stringify({ input, ...known }));
    const places = await this.#file.append(lines).catch(() => []);
    for (const [index, [input, known]] of unsaved.entries()) {
      const place = places[index];
      if (place !== undefined) this.#places.set(input, place);
      // It may have been read again meanwhile.
      if (this.#unsaved.get(input) === known) this.#unsaved.delete(input);
    }
  }

  async #readPlaces(): Promise<void> {
    for await (const { line, start } of this.#file.lines()) {
      const parsed = parseLine(line);
      if (parsed) this.#places.set(parsed.input, start);
    }
  }

  async #last(input: string): Promise<KnownContent | undefined> {
    const unsaved = this.#unsaved.get(input);
    const place = this.#places.get(input);
    if (unsaved || place === undefined) return unsaved;
    const parsed = parseLine(await this.#file.line(place).catch(() => ''));
    return parsed?.input === input ? { content: parsed.content, stamp: parsed.stamp } : undefined;
  }
}

function parseLine(line: string): (KnownContent & { readonly input: string }) | undefined {
  try {
    const { input, content, stamp } = JSON.parse(line) as Record<string, unknown>;
    if (typeof input !== 'string' || typeof content !== 'string' || typeof stamp !== 'string')
      return undefined;
    return { input, content, stamp };
  } catch {
    return undefined;
  }
}
