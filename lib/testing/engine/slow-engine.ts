import { setTimeout as wait } from 'node:timers/promises';
import type { Engine } from '../../service/engine.ts';

/** Timers are not exact: less than this is not waited for. */
const LEAST_MS = 4;

/**
 * The same engine, which hears no faster than so many times real time: what it says has time to arrive before it has heard
 * much more.
 */
export function slowEngine(engine: Engine, rate: number): Engine {
  return {
    ...engine,
    open(options) {
      const stream = engine.open(options);
      const bytesPerMs = ((options.sampleRate ?? 16_000) * 2) / 1000;
      let debtMs = 0;
      return {
        get silenceMs() {
          return stream.silenceMs;
        },
        async write(pcm) {
          await stream.write(pcm);
          debtMs += pcm.length / bytesPerMs / rate;
          if (debtMs < LEAST_MS) return;
          await wait(debtMs);
          debtMs = 0;
        },
        end: () => stream.end(),
        destroy: () => stream.destroy(),
      };
    },
  };
}
