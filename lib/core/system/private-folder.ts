import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder that only this user can read. */
export interface PrivateFolder {
  readonly path: string;
  /** Removes it with its files. */
  remove(): Promise<void>;
}

/** The folders that exist. */
const folders = new Set<string>();

function removeAll(): void {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
}

/** Makes a temporary folder that only this user can read. It is removed at the latest when the process exits. */
export async function privateFolder(): Promise<PrivateFolder> {
  const path = await mkdtemp(join(tmpdir(), 'fun-asr-'));
  // One listener for all folders: Node.js warns of more than ten.
  if (folders.size === 0) process.once('exit', removeAll);
  folders.add(path);
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true });
      folders.delete(path);
      if (folders.size === 0) process.off('exit', removeAll);
    },
  };
}
