import { createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { privateFolder } from '../../core/system/private-folder.ts';
import { writeError } from '../../core/system/write-error.ts';
import type { Replayable } from './replayable.ts';

/**
 * Writes bytes to a temporary file that only this user can read, for as long as `use` runs. The file is removed in
 * every case, also when the process exits during that time.
 * @throws {FunAsrError} `E_DISK_FULL`, `E_WRITE`.
 */
export async function* spooled<T, Result>(
  bytes: Replayable,
  use: (path: string) => AsyncGenerator<T, Result, void>,
): AsyncGenerator<T, Result, void> {
  const folder = await privateFolder().catch(fail);
  try {
    const path = join(folder.path, 'input');
    await write(bytes, path).catch(fail);
    return yield* use(path);
  } finally {
    await folder.remove();
  }
}

async function write(bytes: Replayable, path: string): Promise<void> {
  bytes.forget();
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  await Promise.all([bytes.writeTo(file), finished(file)]);
}

function fail(error: unknown): never {
  const hint = 'Free space in that folder, or decode from a file: a file needs no copy.';
  throw writeError(`the temporary copy of the input in ${tmpdir()}`, error, hint);
}
