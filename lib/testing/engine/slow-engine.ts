import { setTimeout as wait } from 'node:timers/promises';
import type { Engine } from '../../service/engine.ts';

/** Delays are added up until they reach this length, because timers have a resolution of about 1 ms. */
const MIN_WAIT_MS = 4;

/**
 * Wraps an engine and limits its speed, so that results reach the client before much more audio is processed.
 * @param rate Maximum speed, as a multiple of real time.
 */
export function slowEngine(engine: Engine, rate: number): Engine {
  return {
    ...engine,
    open(options) {
      const stream = engine.open(options);
      const bytesPerMs = ((options.sampleRate ?? 16_000) * 2) / 1000;
      const stop = new AbortController();
      let delayMs = 0;
      return {
        get silenceMs() {
          return stream.silenceMs;
        },
        async write(pcm) {
          await stream.write(pcm);
          delayMs += pcm.length / bytesPerMs / rate;
          if (delayMs < MIN_WAIT_MS) return;
          // Ends early, without an error, when the stream is destroyed.
          await wait(delayMs, undefined, { signal: stop.signal }).catch(() => {});
          delayMs = 0;
        },
        end: () => stream.end(),
        destroy() {
          stop.abort();
          stream.destroy();
        },
      };
    },
  };
}
