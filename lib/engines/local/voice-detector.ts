import { availableParallelism } from 'node:os';
import { WINDOW } from './segmenter.ts';
import type { Sherpa, Vad } from './sherpa.ts';

/** Windows of speech after which the library's own buffer is emptied (10 s). */
const FLUSH_AFTER = 312;

/**
 * Says of each window of audio whether somebody speaks in it (Silero VAD). Segments are made of that by
 * {@link Segmenter}, not by the library: its own have no bound, and say nothing of speech that goes on.
 */
export class VoiceDetector {
  readonly #vad: Vad;
  #run = 0;

  constructor(sherpa: Sherpa, model: string) {
    this.#vad = new sherpa.Vad(
      {
        // No waiting for silence or speech to last: the segmenter does that.
        sileroVad: {
          model,
          threshold: 0.5,
          minSilenceDuration: 0.001,
          minSpeechDuration: 0.001,
          maxSpeechDuration: 3600,
          windowSize: WINDOW,
        },
        sampleRate: 16_000,
        numThreads: 1,
        provider: 'cpu',
      },
      20,
    );
  }

  /** @param samples One window, as floats from -1 to 1. */
  isSpeech(samples: Float32Array): boolean {
    this.#vad.acceptWaveform(samples);
    const isSpeech = this.#vad.isDetected();
    this.#run = isSpeech ? this.#run + 1 : 0;
    // The library keeps the samples of speech until it ends: in song that may be an hour.
    if (this.#run > 0 && this.#run % FLUSH_AFTER === 0) this.#vad.flush();
    while (!this.#vad.isEmpty()) this.#vad.pop();
    return isSpeech;
  }

  /** Forgets what it has heard, for another stream. */
  reset(): void {
    this.#vad.reset();
    this.#run = 0;
  }
}

/** Streams that follow one another need no more of them than there are at a time; after a rush the rest is let go. */
const MOST_IDLE = availableParallelism() + 4;

/**
 * The detectors of an engine. A stream needs one of its own, which takes 10 MB outside of what the garbage collector
 * sees and 40 ms to load: so they are handed on from one stream to the next.
 */
export class VoiceDetectors {
  readonly #sherpa: Sherpa;
  readonly #model: string;
  readonly #idle: VoiceDetector[] = [];

  constructor(sherpa: Sherpa, model: string) {
    this.#sherpa = sherpa;
    this.#model = model;
  }

  take(): VoiceDetector {
    return this.#idle.pop() ?? new VoiceDetector(this.#sherpa, this.#model);
  }

  giveBack(detector: VoiceDetector): void {
    if (this.#idle.length >= MOST_IDLE) return;
    detector.reset();
    this.#idle.push(detector);
  }
}
