import { describe, expect, it } from 'vitest';
import { decodeFile } from '../../lib/audio/decode-file.ts';
import { hasSpeechDynamics } from '../../lib/media/speech-dynamics.ts';

const RATE = 16_000;

/** Pieces of 100 ms of a signal, given by its sample at a time in seconds. */
function* pieces(signal: (seconds: number) => number, seconds: number): Generator<Buffer> {
  for (let start = 0; start < seconds * RATE; start += 1600) {
    yield Buffer.from(Int16Array.from({ length: 1600 }, (_, at) => signal((start + at) / RATE)).buffer);
  }
}

function* cut(pcm: Buffer): Generator<Buffer> {
  for (let at = 0; at < pcm.length; at += 3200) yield pcm.subarray(at, at + 3200);
}

describe('speech', () => {
  it.each(['leisure.wav', 'ill-disposed.mp3', 'himself.ogg', 'cold-hearted.flac', 'amiable.m4a'])(
    'is found in %s',
    async (name) => {
      const pcm = Buffer.concat((await decodeFile(`fixtures/${name}`).toArray()) as Buffer[]);
      expect(hasSpeechDynamics(cut(pcm))).toBe(true);
    },
  );
});

describe('other audio', () => {
  const noise = (seconds: number) =>
    ((Math.imul(Math.round(seconds * RATE) + 1, 2_654_435_761) >>> 16) % 6000) - 3000;
  const tone = (frequency: number, seconds: number) => Math.sin(2 * Math.PI * frequency * seconds);

  it.each([
    ['silence', () => 0],
    ['quiet audio with changes', (seconds: number) => (seconds % 1 < 0.5 ? 200 : 1) * tone(300, seconds)],
    ['noise', noise],
    ['a tone', (seconds: number) => 8000 * tone(440, seconds)],
    ['a chord with vibrato', (s: number) => (5000 + 2000 * tone(5, s)) * (tone(220, s) + tone(330, s))],
    [
      'a melody of tones that fade',
      (s: number) => 12_000 * Math.exp(-3 * (s % 0.5)) * tone(220 + 55 * (Math.floor(s * 2) % 5), s),
    ],
  ])('is not taken for speech: %s', (_, signal) => {
    expect(hasSpeechDynamics(pieces(signal, 20))).toBe(false);
  });

  it('is not taken for speech because of one loud sound', () => {
    const bang = (seconds: number) => (seconds > 5 && seconds < 5.4 ? 9000 : 1) * tone(300, seconds);
    expect(hasSpeechDynamics(pieces(bang, 20))).toBe(false);
  });
});
