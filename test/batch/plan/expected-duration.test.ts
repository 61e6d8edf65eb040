import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { expectDuration } from '../../../lib/batch/plan/expected-duration.ts';
import { ffmpeg } from '../../audio/samples.ts';
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

it.each([40, 2])('reads the length of %i s from the header', async (seconds) => {
  expect(await expectDuration(await silence(seconds), {})).toEqual({
    durationMs: seconds * 1000,
    durationIsEstimate: false,
  });
});

it('marks a length that is calculated from the bit rate', async () => {
  const path = join(await temporaryFolder(), 'tone.mp3');
  await ffmpeg('-f', 'lavfi', '-i', 'sine=d=3', '-write_xing', '0', path);
  expect(await expectDuration(path, {})).toMatchObject({
    durationMs: expect.closeTo(3000, -3),
    durationIsEstimate: true,
  });
});

it('refuses a recording that is too long by its header', async () => {
  const path = await silence(40);
  await expect(expectDuration(path, { maxDurationMs: 36_000 })).rejects.toMatchObject({
    code: 'E_DURATION_LIMIT',
    message: expect.stringMatching(/silence\.wav: it is 0\.0111 h long, the limit is 0\.01 h$/),
  });
});

it('finds no length for a file that is not audio or is missing', async () => {
  const path = join(await temporaryFolder(), 'noise.mp3');
  await writeFile(path, Buffer.alloc(1_500_000, 'no audio '));
  for (const name of [path, `${path}.gone`]) expect(await expectDuration(name, {})).toEqual({});
});
