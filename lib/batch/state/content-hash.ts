import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FunAsrError, messageOf } from '../../core/errors.ts';
import { changed, fileStamp } from './file-stamp.ts';

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
  readonly #path: string;
  readonly #known: Map<string, KnownContent>;
  #unsaved: string[] = [];

  /** @param statePath The state folder. */
  static async read(statePath: string): Promise<ContentHashes> {
    const path = join(statePath, HASHES_NAME);
    const text = await readFile(path, 'utf8').catch(() => '');
    return new ContentHashes(path, new Map(text.split('\n').flatMap(parseLine)));
  }

  private constructor(path: string, known: Map<string, KnownContent>) {
    this.#path = path;
    this.#known = known;
  }

  /** The content of a recording in its present state, if it is in the cache. Never reads the recording. */
  async known(path: string, input: string): Promise<KnownContent | undefined> {
    const known = this.#known.get(input);
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
    const known = this.#known.get(input);
    if (known?.stamp === stamp) return known;
    const read = { content: await contentHash(path, signal), stamp };
    if (stamp !== (await fileStamp(path))) throw changed(path);
    this.#known.set(input, read);
    this.#unsaved.push(JSON.stringify({ input, ...read }));
    return read;
  }

  /** Appends the new hashes to the file. A failure has no effect but that the recordings are read again. */
  async save(): Promise<void> {
    const lines = this.#unsaved;
    this.#unsaved = [];
    if (lines.length > 0) await appendFile(this.#path, `${lines.join('\n')}\n`).catch(() => undefined);
  }
}

function parseLine(line: string): [string, KnownContent][] {
  try {
    const { input, content, stamp } = JSON.parse(line) as Record<string, unknown>;
    const isLine = [input, content, stamp].every((value) => typeof value === 'string');
    return isLine ? [[input as string, { content: content as string, stamp: stamp as string }]] : [];
  } catch {
    return [];
  }
}
