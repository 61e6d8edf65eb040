import { open, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostedFile, ModelHost } from '../local-model.ts';
import { hashOf } from '../model-store.ts';
import { downloadFile } from './download-file.ts';
import { beginningOf, HostError, MAX_BEGINNING_BYTES } from './host-error.ts';
import { fileSize } from './partial-files.ts';

/** A model host that did not send a file. */
export interface HostFailure {
  readonly host: string;
  /** The file. */
  readonly file: string;
  /** What happened, or what the host sent instead. */
  readonly reason: string;
}

/** How a file is downloaded. */
export interface HostedDownload {
  /** Name of the file, for messages. */
  readonly name: string;
  readonly file: HostedFile;
  /** The partial file. */
  readonly path: string;
  readonly signal: AbortSignal;
  readonly stallTimeoutMs: number;
  /** Called with the size of the partial file. */
  readonly onBytes: (bytes: number) => void;
  /** Called when a host has failed and the next one sends the file. */
  readonly onHostFailure: (failure: HostFailure) => void;
}

/** Connections to one host for one file, when each of them brings a part of it. */
const MAX_CONNECTIONS = 100;
const RECONNECT_DELAY_MS = 500;

/**
 * Downloads a file of a model from the first host that sends it.
 * @param hosts In the order in which they are tried.
 * @returns The host that sent the file; undefined when the file was complete already.
 * @throws {Error} With one line for each host, when none has sent it.
 */
export async function downloadHosted(
  hosts: readonly ModelHost[],
  download: HostedDownload,
): Promise<ModelHost | undefined> {
  if (await isComplete(download)) return undefined;
  const failures: HostFailure[] = [];
  const unreported: HostFailure[] = [];
  for (const host of hosts) {
    const onBytes = (bytes: number): void => {
      // This host answers: the failures before it are no part of the error.
      for (const failure of unreported.splice(0)) download.onHostFailure(failure);
      download.onBytes(bytes);
    };
    try {
      await downloadFrom(host, { ...download, onBytes });
      return host;
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      const failure = { host: host.host, file: download.name, reason: error.message };
      failures.push(failure);
      unreported.push(failure);
    }
  }
  const lines = failures.map(({ host, reason }) => (reason.startsWith(host) ? reason : `${host}: ${reason}`));
  throw new Error([`no host has sent ${download.name}`, ...lines].join('\n'));
}

async function downloadFrom(host: ModelHost, download: HostedDownload): Promise<void> {
  const { name, file, path, signal, stallTimeoutMs, onBytes, onHostFailure } = download;
  const url = host.url(file.path);
  // Whether all bytes of the partial file are from this host.
  let isOwn = false;
  for (let connection = 1; ; connection += 1) {
    const before = await fileSize(path);
    isOwn ||= before === 0;
    try {
      await downloadFile({ url, path, bytes: file.bytes, signal, stallTimeoutMs, onBytes });
    } catch (error) {
      if (!(error instanceof HostError) || !error.isBroken || connection >= MAX_CONNECTIONS) throw error;
      if ((await fileSize(path)) <= before) throw error;
      await sleep(RECONNECT_DELAY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
      continue;
    }
    const wrong = await findMismatch(path, file);
    if (wrong === undefined) return;
    await rm(path);
    onBytes(0);
    if (isOwn) throw new HostError(`${wrong}; it was deleted`);
    // The wrong bytes may be those of an earlier download, or of another host.
    const reason = `${wrong}, with the part of an earlier download; it was deleted and is downloaded again`;
    onHostFailure({ host: host.host, file: name, reason });
  }
}

/** Whether an earlier download has received all of a file. */
async function isComplete({ name, file, path, onHostFailure }: HostedDownload): Promise<boolean> {
  if ((await fileSize(path)) !== file.bytes) return false;
  const wrong = await findMismatch(path, file);
  if (wrong === undefined) return true;
  await rm(path);
  onHostFailure({ host: 'an earlier download', file: name, reason: `${wrong}; it was deleted` });
  return false;
}

/** Describes a file that does not have the expected hash; undefined when it has. */
async function findMismatch(path: string, { sha256 }: HostedFile): Promise<string | undefined> {
  const actual = (await hashOf(path, 'sha256')).toString('hex');
  if (actual === sha256) return undefined;
  const beginning = await beginningOfFile(path);
  return `sent another file: its SHA-256 is ${actual} instead of ${sha256}${beginning}`;
}

async function beginningOfFile(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MAX_BEGINNING_BYTES) });
    return beginningOf(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
