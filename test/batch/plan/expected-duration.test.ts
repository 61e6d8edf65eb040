import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { expectedDuration } from '../../../lib/batch/plan/expected-duration.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A WAV file of silence, 16 kHz mono s16le. */
async function silence(seconds: number): Promise<string> {
  const bytes = seconds * 32_000;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(bytes + 36, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(16_000, 24);
  header.writeUInt32LE(32_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(bytes, 40);
  const path = join(await temporaryFolder(), 'silence.wav');
  await writeFile(path, Buffer.concat([header, Buffer.alloc(bytes)]));
  return path;
}

it('reads the length from the header', async () => {
  expect(await expectedDuration(await silence(40), {})).toBe(40_000);
});

it('refuses a recording that is too long by its header', async () => {
  await expect(expectedDuration(await silence(40), { maxDurationMs: 36_000 })).rejects.toMatchObject({
    code: 'E_DURATION_LIMIT',
    message: expect.stringMatching(/silence\.wav: it is 0\.0111 h long, the limit is 0\.01 h$/),
  });
});

it('gives no length for a file that is small, not audio or missing', async () => {
  expect(await expectedDuration(await silence(2), { maxDurationMs: 1 })).toBeUndefined();
  const path = join(await temporaryFolder(), 'noise.mp3');
  await writeFile(path, Buffer.alloc(1_500_000, 'no audio '));
  expect(await expectedDuration(path, {})).toBeUndefined();
  expect(await expectedDuration(`${path}.gone`, {})).toBeUndefined();
});
