import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { beginningOf, formatBytes, HostError, MAX_BEGINNING_BYTES } from './host-error.ts';
import { type GetResponse, httpGet } from './http-get.ts';

/** The download of one file from one host. */
export interface FileDownload {
  readonly url: string;
  /** The partial file. What it contains is not downloaded again. */
  readonly path: string;
  /** Size of the whole file. */
  readonly bytes: number;
  readonly signal: AbortSignal;
  readonly stallTimeoutMs: number;
  /** Called with the size of the partial file, after each part that was written. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Downloads what is missing of a file. When it fails, the partial file keeps what was received.
 * @throws {HostError} When the host does not send it. Throws the error of the file system when the file cannot be written, and
 * the reason of the signal.
 */
export async function downloadFile(download: FileDownload): Promise<void> {
  const file = await open(download.path, constants.O_RDWR | constants.O_CREAT);
  try {
    const { size } = await file.stat();
    // A file that is too long is wrong.
    if (size > download.bytes) await file.truncate(0);
    const start = size > download.bytes ? 0 : size;
    if (start === download.bytes) return;
    if (!(await receive(download, file, start))) {
      // The host does not have the range that is missing: the partial file is not a part of its file.
      await file.truncate(0);
      await receive(download, file, 0);
    }
  } finally {
    await file.close();
  }
}

/** @returns False when the host refuses the range. */
async function receive(download: FileDownload, file: FileHandle, start: number): Promise<boolean> {
  const { url, signal, stallTimeoutMs } = download;
  const headers: Record<string, string> = start > 0 ? { range: `bytes=${start}-` } : {};
  const response = await httpGet(url, { headers, signal, stallTimeoutMs });
  try {
    if (response.status === 416 && start > 0) return false;
    await checkAnswer(response, download, start);
    // 200 instead of 206: the host sends the whole file again. It replaces what is there, of which nothing is lost if it breaks.
    const from = response.status === 206 ? start : 0;
    await write(response, download, file, { from, start });
    return true;
  } finally {
    response.close();
  }
}

/** Refuses an answer that cannot be the file, before anything of the partial file is lost. */
async function checkAnswer(response: GetResponse, { bytes }: FileDownload, start: number): Promise<void> {
  const { status, headers } = response;
  if (status !== 200 && status !== 206) throw new HostError(`answers with HTTP ${status}`);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new HostError(`sends the file compressed (${encoding})`);
  if (status === 206) {
    const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
    if (total !== undefined && total !== '*' && Number(total) !== bytes)
      throw new HostError(otherSize(Number(total), bytes));
    if (first === undefined || Number(first) !== start) {
      throw new HostError(
        `sends another part of the file than asked for (${headers['content-range'] ?? 'not named'})`,
      );
    }
    return;
  }
  const length = headers['content-length'];
  const isOtherSize = length !== undefined && Number(length) !== bytes;
  const isPage = length === undefined && /^text\/html\b/.test(headers['content-type'] ?? '');
  if (!isOtherSize && !isPage) return;
  const beginning = beginningOf(await readBeginning(response));
  throw new HostError(
    isOtherSize ? `${otherSize(Number(length), bytes)}${beginning}` : `sends a web page${beginning}`,
  );
}

function otherSize(actual: number, expected: number): string {
  return `sends a file of ${formatBytes(actual)} instead of ${formatBytes(expected)}`;
}

async function readBeginning(response: GetResponse): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body()) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= MAX_BEGINNING_BYTES) break;
    }
  } catch {
    // What was read is enough for a message.
  }
  return Buffer.concat(chunks).subarray(0, MAX_BEGINNING_BYTES);
}

async function write(
  response: GetResponse,
  { bytes, onBytes }: FileDownload,
  file: FileHandle,
  { from, start }: { readonly from: number; readonly start: number },
): Promise<void> {
  let size = from;
  for await (const chunk of response.body()) {
    size += chunk.length;
    if (size > bytes) {
      await file.truncate(0);
      throw new HostError(`sends more than ${formatBytes(bytes)}`);
    }
    await writeAll(file, chunk, size - chunk.length);
    onBytes(Math.max(size, start));
  }
  if (size >= bytes) return;
  if (!hasMarkedEnd(response)) {
    throw new HostError(`ended after ${formatBytes(size)} of ${formatBytes(bytes)}`, { isBroken: true });
  }
  // The host has sent all that it has, which is not a part of the file.
  const beginning = Buffer.alloc(Math.min(size - from, MAX_BEGINNING_BYTES));
  await file.read({ buffer: beginning, position: from });
  await file.truncate(from);
  onBytes(from);
  throw new HostError(otherSize(size, bytes) + beginningOf(beginning));
}

/** Whether the end of a whole file is marked in its body, so that it differs from a connection that broke. */
function hasMarkedEnd({ status, headers }: GetResponse): boolean {
  return status === 200 && headers['transfer-encoding'] !== undefined;
}

/** Writes all bytes: one write may write only a part of them. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
