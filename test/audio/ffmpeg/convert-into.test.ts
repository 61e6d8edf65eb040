import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { convertInto } from '../../../lib/audio/ffmpeg/convert-into.ts';
import { scratch, SPEECH } from '../samples.ts';

test('what the file holds is replaced, and progress never goes back', async () => {
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

test('a source that fails is the failure', async () => {
  const path = join(await scratch(), 'a.mp3');
  const source = Readable.from(
    (async function* () {
      yield await readFile(SPEECH);
      throw new Error('the line is dead');
    })(),
  );
  await expect(convertInto(source, path, { to: 'mp3' })).rejects.toThrow('the line is dead');
});

test('an abort ends it, also while the source says nothing, and closes the source', async () => {
  const path = join(await scratch(), 'a.mp3');
  const source = new PassThrough();
  const controller = new AbortController();
  const converted = convertInto(source, path, { to: 'mp3', signal: controller.signal });
  source.write((await readFile(SPEECH)).subarray(0, 50_000));
  setTimeout(() => controller.abort(), 100);
  await expect(converted).rejects.toMatchObject({ name: 'AbortError' });
  expect(source.destroyed).toBe(true);
});
