import type { Engine } from '../../service/engine.ts';
import { readPosition, SYNC_SAMPLES } from '../audio/position-code.ts';
import { interceptAudio } from '../engine/intercept-audio.ts';

const SAMPLES_PER_MS = 16;

/** Measures, from the positions in self-describing audio, how much of it a client sends again. */
export class ResendMonitor {
  /** Audio that was sent again, in ms. */
  resentMs = 0;
  /** The part of it that the client had already reported as final: it should never be sent again. */
  resentFinalMs = 0;
  #finalMs = 0;
  #furthestMs = 0;

  /** Wraps an engine and measures the audio that it receives. */
  watch(engine: Engine): Engine {
    return {
      ...engine,
      // Each task is measured on its own: audio of a lost connection may arrive much later. What was not final when the
      // task started, the client has not sent again as final audio, even if a later task has made it final since.
      open: (options) => {
        const finalMs = this.#finalMs;
        let atMs: number | undefined;
        const watched = interceptAudio(engine, (audioMs, pcm) => {
          atMs = (atMs ?? this.#beginTask(pcm, finalMs)) + audioMs;
          this.#furthestMs = Math.max(this.#furthestMs, atMs);
          return true;
        });
        return watched.open(options);
      },
    };
  }

  /** Records that the client has reported a final sentence with this end. */
  addFinal(endMs: number): void {
    this.#finalMs = Math.max(this.#finalMs, endMs);
  }

  /** @param finalMs The end of the audio that was final when the task started. */
  #beginTask(pcm: Buffer, finalMs: number): number {
    const first = Int16Array.from({ length: SYNC_SAMPLES }, (_, sample) => pcm.readInt16LE(sample * 2));
    const atMs = (readPosition(first) ?? 0) / SAMPLES_PER_MS;
    this.resentMs += Math.max(0, this.#furthestMs - atMs);
    this.resentFinalMs += Math.max(0, Math.min(finalMs, this.#furthestMs) - atMs);
    return atMs;
  }
}
