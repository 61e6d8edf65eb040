import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentAudio } from '../../../../lib/engines/local/segments/recent-audio.ts';

function pcmOf(samples: readonly number[]): Buffer {
  const pcm = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, index) => pcm.writeInt16LE(sample, 2 * index));
  return pcm;
}

test('reads samples by their position in the stream, as floats', () => {
  const audio = new RecentAudio();
  audio.append(pcmOf([0, 16_384, -32_768, 32_767]));

  expect([...audio.read(1, 3)]).toEqual([0.5, -1]);
  expect(audio.end).toBe(4);
});

test('reads silence before and after the audio', () => {
  const audio = new RecentAudio();
  audio.append(pcmOf([16_384, 16_384]));

  expect([...audio.read(1, 4)]).toEqual([0.5, 0, 0]);
  expect([...audio.read(-2, 1)]).toEqual([0, 0, 0.5]);
});

test('returns the same samples for chunks of any size', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -32_768, max: 32_767 }), { size: 'max', maxLength: 5000 }),
      fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1 }),
      (samples, cuts) => {
        const audio = new RecentAudio();
        const pcm = pcmOf(samples);
        let at = 0;
        for (const length of cuts) {
          audio.append(pcm.subarray(at, at + length));
          at += length;
        }
        audio.append(pcm.subarray(at));

        expect(audio.end).toBe(samples.length);
        expect([...audio.read(0, samples.length)]).toEqual(samples.map((sample) => sample / 32_768));
      },
    ),
  );
});

test('keeps the position of samples when earlier ones are discarded', () => {
  const audio = new RecentAudio();
  const second = Array.from({ length: 16_000 }, (_, index) => index % 1000);
  audio.append(pcmOf(second));
  for (let n = 1; n < 100; n += 1) {
    audio.append(pcmOf(second));
    audio.forget(n * 16_000 - 8_000);

    expect(audio.read(n * 16_000 - 7_300, n * 16_000)[0]).toBe(700 / 32_768);
    expect(audio.read(n * 16_000 + 500, n * 16_000 + 501)[0]).toBe(500 / 32_768);
  }
});
