import { BYTES_PER_SAMPLE } from '../../media/pcm.ts';
import type { Engine } from '../../service/engine.ts';

/**
 * Wraps an engine and reports all audio before the engine receives it.
 * @param onAudio Called with the length of the audio in ms and the audio. If it returns false, the engine does not
 * receive this audio.
 */
export function interceptAudio(engine: Engine, onAudio: (audioMs: number, pcm: Buffer) => boolean): Engine {
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
