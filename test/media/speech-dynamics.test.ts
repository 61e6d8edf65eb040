import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { hasSpeechDynamics } from '../../lib/media/speech-dynamics.ts';
import { SPEECH } from '../audio/samples.ts';

const PIECE_SAMPLES = 1600;

/** PCM in pieces of 100 ms. */
function* pieces(seconds: number, sample: (at: number) => number): Iterable<Buffer> {
  for (let piece = 0; piece < seconds * 10; piece += 1) {
    const from = piece * PIECE_SAMPLES;
    yield Buffer.from(
      Int16Array.from({ length: PIECE_SAMPLES }, (_, index) => Math.round(sample(from + index))).buffer,
    );
  }
}

/** A reproducible noise from -1 to 1. */
const noise = (at: number): number => (((at * 7919) % 1009) / 1009) * 2 - 1;

test('finds the changes of loudness in real speech', async () => {
  const speech = (await readFile(SPEECH)).subarray(44);
  const cut = Array.from({ length: Math.floor(speech.length / 3200) }, (_, index) =>
    speech.subarray(index * 3200, (index + 1) * 3200),
  );
  expect(hasSpeechDynamics(cut)).toBe(true);
});

test.each([
  ['silence', () => 0],
  ['a tone', (at: number) => 8000 * Math.sin(at / 5)],
  ['steady noise', (at: number) => 5000 * noise(at)],
  ['a slowly swelling tone', (at: number) => (4000 + 2000 * Math.sin(at / 16_000)) * Math.sin(at / 5)],
  ['quiet changes', (at: number) => (at % 16_000 < 8000 ? 200 * noise(at) : 0)],
])('finds none in %s', (_, sample) => {
  expect(hasSpeechDynamics(pieces(6, sample))).toBe(false);
});

test('does not assess audio that is shorter than a second', () => {
  expect(hasSpeechDynamics(pieces(0.9, (at) => (at % 4800 < 1600 ? 9000 * noise(at) : 0)))).toBe(false);
  expect(hasSpeechDynamics([])).toBe(false);
});
