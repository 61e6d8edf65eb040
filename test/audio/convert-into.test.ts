import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { convertInto } from '../../lib/audio/convert-into.ts';
import { scratch, SPEECH } from './samples.ts';

test('replaces the content of the file, and reports increasing progress', async () => {
  const path = join(await scratch(), 'a.wav');
  await writeFile(path, Buffer.alloc(1_000_000));
  const seen: number[] = [];
  const made = await convertInto(
    SPEECH,
    path,
    { to: 'wav' },
    { onProgress: (audioMs) => void seen.push(audioMs) },
  );
  expect(made).toEqual({ durationMs: 7100, isCopy: false });
  expect((await readFile(path)).equals(await readFile(SPEECH))).toBe(true);
  expect(seen.length).toBeGreaterThan(0);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});

test('fails with E_READ when the stream fails', async () => {
  const path = join(await scratch(), 'a.mp3');
  const source = Readable.from(
    (async function* () {
      yield await readFile(SPEECH);
      throw new Error('connection lost');
    })(),
  );
  await expect(convertInto(source, path, { to: 'mp3' })).rejects.toMatchObject({
    code: 'E_READ',
    message: 'the input stream failed: connection lost',
  });
});

test('ends with an AbortError while it waits for the stream, and destroys the stream', async () => {
  const path = join(await scratch(), 'a.mp3');
  const source = new PassThrough();
  const controller = new AbortController();
  const converted = convertInto(source, path, { to: 'mp3', signal: controller.signal });
  source.write((await readFile(SPEECH)).subarray(0, 50_000));
  setTimeout(() => controller.abort(), 100);
  await expect(converted).rejects.toMatchObject({ name: 'AbortError' });
  expect(source.destroyed).toBe(true);
});
