// The client under test, with short timeouts, so that thousands of schedules take minutes.
import { PassThrough, pipeline } from 'node:stream';
import { frame, recognize, sentenceEnd } from '../../dist/index.js';

const TIMEOUTS = {
  connectTimeoutMs: 2000,
  startTimeoutMs: 2000,
  stallTimeoutMs: 2000,
  pingIntervalMs: 400,
  resultTimeoutMs: 2000,
  finishTimeoutMs: 2000,
  retryDelayMs: 10,
};

/**
 * Yields the final sentences. A gap counts as an error.
 * @param pacing A stage that limits the speed of the audio.
 * @param options Further options of `recognize`.
 */
export async function* transcribe(baseUrl, audio, signal, pacing = new PassThrough(), options = {}) {
  const stage = recognize({ baseUrl, maxSentenceSilence: 300, ...TIMEOUTS, ...options, signal });
  stage.on('gap', ({ begin_time, end_time, reason }) =>
    stage.destroy(new Error(`gap from ${begin_time} to ${end_time} ms: ${reason.message}`)),
  );
  yield* pipeline(audio, frame(), pacing, stage, sentenceEnd(), () => {});
}
