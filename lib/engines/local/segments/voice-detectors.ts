import { availableParallelism } from 'node:os';
import type { Runtime, VoiceDetector } from '../runtime/runtime.ts';
import { WINDOW } from '../runtime/voice-activity.ts';

/** Idle detectors that are kept. After a peak of streams, further ones are released. */
const MAX_IDLE = availableParallelism() + 4;

/** Half a second. */
const SILENCE = new Float32Array(16 * WINDOW);

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

  /** Takes a detector, which has received some silence. Without it, it misses some speech with which the audio begins. */
  take(): VoiceDetector {
    const detector = this.#idle.pop() ?? this.#runtime.openDetector(this.#model);
    // It is answered before the audio. After a failure, that of the audio fails too.
    detector.detect(SILENCE).catch(() => {});
    return detector;
  }

  giveBack(detector: VoiceDetector): void {
    if (this.#idle.length >= MAX_IDLE) return detector.release();
    detector.reset();
    this.#idle.push(detector);
  }
}
