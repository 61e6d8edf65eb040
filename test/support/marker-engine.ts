import type { Engine, EngineSentence } from '../../lib/service/engine.ts';

/** The sample value that {@link markerEngine} takes for speech. Any other audio is silence, noise or music. */
const MARKER = 12_345;
const FRAME_BYTES = 3200;
const FRAME_MS = 100;

/** Yields speech in frames of 100 ms. */
export function* speech(ms: number): Generator<Buffer> {
  for (let at = 0; at < ms; at += FRAME_MS) yield Buffer.from(new Int16Array(1600).fill(MARKER).buffer);
}

/** Yields audio without speech in frames of 100 ms. */
export function* without(kind: 'silence' | 'noise' | 'music', ms: number): Generator<Buffer> {
  const frames = Array.from({ length: 16 }, (_, n) => Buffer.from(nonSpeech(kind, n * 1600).buffer));
  for (let n = 0; n < ms / FRAME_MS; n += 1) yield frames[n % frames.length] ?? Buffer.alloc(0);
}

function nonSpeech(kind: 'silence' | 'noise' | 'music', start: number): Int16Array {
  return Int16Array.from({ length: 1600 }, (_, at) => {
    const n = start + at;
    if (kind === 'noise') return ((Math.imul(n + 1, 2_654_435_761) >>> 16) % 6000) - 3000;
    // A melody: a new tone every 400 ms, which fades.
    const fading = Math.exp(-(n % 6400) / 6400);
    return kind === 'music' ? 8000 * fading * Math.sin(n * 0.05 * (1 + (Math.floor(n / 6400) % 4) / 4)) : 0;
  });
}

/**
 * Creates an engine that recognises consecutive speech as one sentence, which is final after 300 ms without speech. It is
 * fast enough for hours of audio.
 */
export function markerEngine(): Engine {
  return {
    model: 'marker',
    languages: ['en'],
    open({ onSentence }) {
      let position = 0;
      let beginMs = -1;
      let endMs = 0;
      const finish = (): void => {
        if (beginMs >= 0) onSentence(sentence(beginMs, endMs));
        beginMs = -1;
      };
      return {
        get silenceMs() {
          return position / 32 - endMs;
        },
        async write(pcm) {
          // The first sample of each frame shows its kind.
          let at = (FRAME_BYTES - (position % FRAME_BYTES)) % FRAME_BYTES;
          for (; at + 1 < pcm.length; at += FRAME_BYTES) {
            const ms = (position + at) / 32;
            if (pcm.readInt16LE(at) === MARKER) {
              if (beginMs < 0) beginMs = ms;
              endMs = ms + FRAME_MS;
            } else if (ms >= endMs + 300) finish();
          }
          position += pcm.length;
        },
        end: async () => finish(),
        destroy() {},
      };
    },
    close: async () => {},
  };
}

function sentence(begin_time: number, end_time: number): EngineSentence {
  const text = 'Speech.';
  return { begin_time, end_time, text, words: [{ begin_time, end_time, text, punctuation: '' }] };
}
