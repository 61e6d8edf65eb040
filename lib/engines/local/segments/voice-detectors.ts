import { availableParallelism } from 'node:os';
import type { Runtime, VoiceDetector } from '../runtime/runtime.ts';

/** Idle detectors that are kept. After a peak of streams, further ones are released. */
const MAX_IDLE = availableParallelism() + 4;

/** The voice detectors of an engine. Each stream needs its own. They cost memory and time, so they are reused. */
export class VoiceDetectors {
  readonly #runtime: Runtime;
  readonly #model: string;
  readonly #idle: VoiceDetector[] = [];

  /** @param model File of the voice detector. */
  constructor(runtime: Runtime, model: string) {
    this.#runtime = runtime;
    this.#model = model;
  }

  take(): VoiceDetector {
    return this.#idle.pop() ?? this.#runtime.openDetector(this.#model);
  }

  giveBack(detector: VoiceDetector): void {
    if (this.#idle.length >= MAX_IDLE) return detector.release();
    detector.reset();
    this.#idle.push(detector);
  }
}
