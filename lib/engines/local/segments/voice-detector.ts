import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';
import { availableParallelism } from 'node:os';
import { WINDOW } from './segmenter.ts';
import type { Sherpa, Vad } from '../sherpa.ts';

/** Windows of speech after which the buffer of sherpa-onnx is emptied (10 s). */
const FLUSH_WINDOWS = 312;

/**
 * Decides for each window of audio whether it is speech (Silero VAD). The {@link Segmenter} makes segments of these
 * decisions. Those of sherpa-onnx are not used: they have no limit, and speech that continues is not visible.
 */
export class VoiceDetector {
  readonly #vad: Vad;
  #run = 0;

  constructor(sherpa: Sherpa, model: string) {
    this.#vad = new sherpa.Vad(
      {
        // No minimum: the segmenter has its own.
        sileroVad: {
          model,
          threshold: 0.5,
          minSilenceDuration: 0.001,
          minSpeechDuration: 0.001,
          maxSpeechDuration: 3600,
          windowSize: WINDOW,
        },
        sampleRate: DEFAULT_SAMPLE_RATE,
        numThreads: 1,
        provider: 'cpu',
      },
      20,
    );
  }

  /** Processes one window. @param samples From -1 to 1. */
  isSpeech(samples: Float32Array): boolean {
    this.#vad.acceptWaveform(samples);
    const isSpeech = this.#vad.isDetected();
    this.#run = isSpeech ? this.#run + 1 : 0;
    // sherpa-onnx keeps all samples of speech until it ends, which takes an hour in a long song.
    if (this.#run > 0 && this.#run % FLUSH_WINDOWS === 0) this.#vad.flush();
    while (!this.#vad.isEmpty()) this.#vad.pop();
    return isSpeech;
  }

  /** Clears its state, for another stream. */
  reset(): void {
    this.#vad.reset();
    this.#run = 0;
  }
}

/** Idle detectors that are kept. After a peak of streams, further ones are released. */
const MAX_IDLE = availableParallelism() + 4;

/**
 * The voice detectors of an engine. Each stream needs its own. One takes 10 MB, which the garbage collector does not
 * see, and 40 ms to load, so detectors are reused.
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
    if (this.#idle.length >= MAX_IDLE) return;
    detector.reset();
    this.#idle.push(detector);
  }
}
