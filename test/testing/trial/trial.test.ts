import { pipeline } from 'node:stream';
import { pipeline as finished } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { frame } from '../../../lib/audio/frame.ts';
import { recognize } from '../../../lib/recognize.ts';
import { sentenceEnd } from '../../../lib/subtitles/sentence-end.ts';
import { formatFaults, parseFaults } from '../../../lib/testing/faults/fault-spec.ts';
import { randomFaults } from '../../../lib/testing/faults/random-faults.ts';
import { randomScript } from '../../../lib/testing/audio/random-script.ts';
import { runTrial, type TrialClient } from '../../../lib/testing/trial/trial.ts';
import { SHORT_TIMEOUTS } from '../../support/recognise-script.ts';

const LIMITS = { ...SHORT_TIMEOUTS, connectTimeoutMs: 1000, startTimeoutMs: 1000, pingIntervalMs: 300 };

/** The client of this package. A gap counts as an error. */
const client: TrialClient = async function* (baseUrl, audio, signal) {
  const stage = recognize({ ...LIMITS, baseUrl, signal });
  stage.on('gap', () => stage.destroy(new Error('gap')));
  yield* pipeline(audio, frame(), stage, sentenceEnd(), () => {});
};

/** A client that sends everything again after an error and skips the sentences that it has already reported. */
const wasteful: TrialClient = async function* (baseUrl, audio) {
  const pcm = await audio.toArray();
  let reportedMs = 0;
  for (;;) {
    try {
      const stage = recognize({ ...LIMITS, baseUrl, maxRetries: 0 });
      for await (const sentence of pipeline(pcm, frame(), stage, sentenceEnd(), () => {})) {
        if (sentence.end_time <= reportedMs) continue;
        reportedMs = sentence.end_time;
        yield sentence;
      }
      return;
    } catch {
      // Starts again from the beginning.
    }
  }
};

describe('a trial', () => {
  it('passes a client that reports all sentences once, and lists the faults', async () => {
    const faults = parseFaults('drop@4s, duplicate@6s');
    const result = await runTrial(client, { seed: 2, durationMs: 10_000, faults });
    expect(result).toMatchObject({ isPassed: true, error: undefined, lost: [], duplicated: [] });
    expect(result.script).toEqual(randomScript(2, { durationMs: 10_000 }));
    expect(formatFaults(result.fired.map(({ fault }) => fault))).toBe('drop@4s, duplicate@6s');
    expect(result.resentMs).toBeGreaterThan(0);
    expect(result.resentFinalMs).toBe(0);
  });

  it('fails a client that sends final audio again', async () => {
    const faults = parseFaults('drop@7s');
    const result = await runTrial(wasteful, { seed: 2, durationMs: 10_000, faults });
    expect(result).toMatchObject({ isPassed: false, error: undefined, lost: [], duplicated: [] });
    expect(result.resentFinalMs).toBeGreaterThan(1000);
  });

  it('fails a client that loses or repeats a sentence, or reports wrong times', async () => {
    const runChanged = (
      change: (sentences: { begin_time: number; end_time: number | null; text: string }[]) => void,
    ) =>
      runTrial(
        async function* (baseUrl, audio, signal) {
          const sentences = [];
          for await (const sentence of client(baseUrl, audio, signal)) sentences.push({ ...sentence });
          change(sentences);
          yield* sentences;
        },
        { seed: 2, durationMs: 10_000, faults: [] },
      );
    expect((await runChanged(() => {})).isPassed).toBe(true);
    expect(await runChanged((all) => all.splice(1, 1))).toMatchObject({ isPassed: false, lost: [2] });
    expect(await runChanged((all) => all.push(...all.slice(-1)))).toMatchObject({ isPassed: false });
    expect(await runChanged(([first]) => first && (first.begin_time += 21))).toMatchObject({
      isPassed: false,
      largestTimeErrorMs: 21,
    });
  });

  it('reports the error of a client, and a client that hangs', async () => {
    const broken = new Error('broken client');
    const failing: TrialClient = async function* () {
      yield* [];
      await Promise.reject(broken);
    };
    expect(await runTrial(failing, { faults: [] })).toMatchObject({ isPassed: false, error: broken });
    const hanging: TrialClient = async function* () {
      yield* [];
      await new Promise(() => {});
    };
    expect(await runTrial(hanging, { faults: [], timeoutMs: 50 })).toMatchObject({
      isPassed: false,
      error: { name: 'TimeoutError' },
    });
  });

  it('generates faults from the seed', async () => {
    const silent: TrialClient = async function* (_, audio) {
      yield* [];
      await finished(audio, async () => {});
    };
    const { faults } = await runTrial(silent, { seed: 5 });
    expect(faults).toEqual((await runTrial(silent, { seed: 5 })).faults);
    const kinds = new Set(
      Array.from({ length: 300 }, (_, seed) => randomFaults(seed)).flatMap((all) =>
        all.map(({ kind }) => kind),
      ),
    );
    expect(kinds).toContain('finish-early');
    expect(faults.length).toBeGreaterThan(0);
  });
});
