import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { shortfallOf } from '../../lib/media/shortfall.ts';

const fixture = (name: string) => readFile(new URL(`../../fixtures/${name}`, import.meta.url));

function ofBytes(bytes: Buffer): ReturnType<typeof shortfallOf> {
  return shortfallOf(bytes.subarray(0, 1024), bytes.subarray(-65_307), bytes.length);
}

test.each(['himself.ogg', 'leisure.wav', 'ill-disposed.mp3'])('%s is whole', async (name) => {
  expect(ofBytes(await fixture(name))).toBeUndefined();
});

test('an Ogg that was cut off between its pages, or in one, has no last page', async () => {
  const ogg = await fixture('himself.ogg');
  expect(ofBytes(ogg.subarray(0, ogg.lastIndexOf('OggS')))).toBe('no last page');
  expect(ofBytes(ogg.subarray(0, 7000))).toBe('no last page');
});

test('a WAV that was cut off says what it lacks', async () => {
  const wav = await fixture('leisure.wav');
  expect(ofBytes(wav.subarray(0, 100_044))).toEqual({ promisedBytes: 227_200, presentBytes: 100_000 });
});
