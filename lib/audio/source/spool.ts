import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { writeError } from '../../core/write-error.ts';
import type { Replayable } from './replayable.ts';

/**
 * Writes bytes to a temporary file that only this user can read, lends it, and removes it in every case, even
 * when the process is left by `process.exit` meanwhile.
 * @throws {FunAsrError} `E_DISK_FULL`, `E_WRITE`.
 */
export async function* spooled<T>(
  bytes: Replayable,
  use: (path: string) => AsyncGenerator<T, void, void>,
): AsyncGenerator<T, void, void> {
  const folder = await mkdtemp(join(tmpdir(), 'fun-asr-')).catch(fail);
  const removeAtExit = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeAtExit);
  try {
    const path = join(folder, 'input');
    await write(bytes, path).catch(fail);
    yield* use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
    process.off('exit', removeAtExit);
  }
}

async function write(bytes: Replayable, path: string): Promise<void> {
  bytes.forget();
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  await Promise.all([bytes.feed(file), finished(file)]);
}

function fail(error: unknown): never {
  const hint = 'Free some space there, or decode from a file: then no copy is needed.';
  throw writeError(`the temporary copy of the input in ${tmpdir()}`, error, hint);
}
