// Our client on trial. It waits for nothing as long as it would in earnest, so that thousands of schedules take minutes.
import { PassThrough, pipeline } from 'node:stream';
import { frame, recognize, sentenceEnd } from '../../dist/index.js';

const PATIENCE = {
  connectTimeoutMs: 2000,
  startTimeoutMs: 2000,
  stallTimeoutMs: 2000,
  pingIntervalMs: 400,
  resultTimeoutMs: 2000,
  finishTimeoutMs: 2000,
  retryDelayMs: 10,
};

/** Gives the final sentences. Audio that was given up is a failure here. @param pacing What slows the audio down. @param limits Other limits. */
export async function* recognised(baseUrl, audio, signal, pacing = new PassThrough(), limits = {}) {
  const stage = recognize({ baseUrl, maxSentenceSilence: 300, ...PATIENCE, ...limits, signal });
  stage.on('gap', ({ begin_time, end_time, reason }) =>
    stage.destroy(new Error(`gap from ${begin_time} to ${end_time} ms: ${reason.message}`)),
  );
  // What fails is thrown by the iteration.
  yield* pipeline(audio, frame(), pacing, stage, sentenceEnd(), () => {});
}
