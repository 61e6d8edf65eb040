import type { Engine } from '../../service/engine.ts';
import { tapEngine } from '../engine/intercept-audio.ts';
import { readPosition, WHOLE_BLOCK } from '../audio/position-code.ts';

const SAMPLES_PER_MS = 16;

/** Watches, by the word of the audio itself, which of it a service has to hear again of one client. */
export class Resends {
  /** Audio that was heard again, in ms. */
  resentMs = 0;
  /** Of that, what the client had given out as final before: it should never have been sent again. */
  resentFinalMs = 0;
  #finalMs = 0;
  #furthestMs = 0;

  /** The same engine, with somebody who listens. */
  listen(engine: Engine): Engine {
    return {
      ...engine,
      // Each task has a tap of its own: one whose connection was lost may still hear what was on its way.
      open: (options) => {
        let atMs: number | undefined;
        const tapped = tapEngine(engine, (ms, pcm) => {
          atMs = (atMs ?? this.#begin(pcm)) + ms;
          this.#furthestMs = Math.max(this.#furthestMs, atMs);
          return true;
        });
        return tapped.open(options);
      },
    };
  }

  /** The client has given out a final sentence with this end. */
  confirm(endMs: number): void {
    this.#finalMs = Math.max(this.#finalMs, endMs);
  }

  #begin(pcm: Buffer): number {
    const first = Int16Array.from({ length: WHOLE_BLOCK }, (_, sample) => pcm.readInt16LE(sample * 2));
    const atMs = (readPosition(first) ?? 0) / SAMPLES_PER_MS;
    this.resentMs += Math.max(0, this.#furthestMs - atMs);
    this.resentFinalMs += Math.max(0, Math.min(this.#finalMs, this.#furthestMs) - atMs);
    return atMs;
  }
}
