import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';
import type { Vad, VadConfig } from './sherpa.ts';

/** Samples in one window of the voice detector, at 16 kHz: 32 ms. */
export const WINDOW = 512;
/** Length of the buffer of sherpa-onnx, in seconds. */
export const VAD_BUFFER_SECONDS = 20;

/** The configuration of the voice detector (Silero VAD). @param model Its file. */
export function vadConfig(model: string): VadConfig {
  return {
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
  };
}

/** A detector of sherpa-onnx, and the windows of speech in a row that it has found. */
export interface VoiceActivity {
  readonly vad: Vad;
  run: number;
}

/**
 * Decides for each window whether it is speech. The decisions of sherpa-onnx about segments are not used: they have no
 * limit, and speech that continues is not visible.
 *
 * The child process runs the source of this function, so it uses nothing outside of itself.
 * @param samples One or more whole windows.
 */
export function detectSpeech(detector: VoiceActivity, samples: Float32Array, window: number): boolean[] {
  const { vad } = detector;
  // 10 s. sherpa-onnx keeps all samples of speech until it ends, which takes an hour in a long song.
  const flushAfter = 312;
  const decisions: boolean[] = [];
  for (let at = 0; at < samples.length; at += window) {
    vad.acceptWaveform(samples.slice(at, at + window));
    const isSpeech = vad.isDetected();
    decisions.push(isSpeech);
    detector.run = isSpeech ? detector.run + 1 : 0;
    if (detector.run > 0 && detector.run % flushAfter === 0) vad.flush();
    while (!vad.isEmpty()) vad.pop();
  }
  return decisions;
}
