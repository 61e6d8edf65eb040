import type { Engine } from '../../service/engine.ts';

const BYTES_PER_SAMPLE = 2;

/**
 * An engine whose audio somebody else is told of just before it is heard.
 * @param onAudio Given the length of the audio in ms, and the audio; false keeps the engine from hearing it.
 */
export function tapEngine(engine: Engine, onAudio: (ms: number, pcm: Buffer) => boolean): Engine {
  return {
    ...engine,
    open(options) {
      const stream = engine.open(options);
      const bytesPerMs = ((options.sampleRate ?? 16_000) * BYTES_PER_SAMPLE) / 1000;
      return {
        get silenceMs() {
          return stream.silenceMs;
        },
        async write(pcm) {
          if (onAudio(pcm.length / bytesPerMs, pcm)) await stream.write(pcm);
        },
        end: () => stream.end(),
        destroy: () => stream.destroy(),
      };
    },
  };
}
