import { pipeline } from 'node:stream';
import { pipeline as finished } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { frame } from '../../../lib/audio/frame.ts';
import { recognize } from '../../../lib/recognition/recognize.ts';
import { sentenceEnd } from '../../../lib/subtitles/sentence-end.ts';
import { formatFaults, parseFaults } from '../../../lib/testing/faults/fault-spec.ts';
import { randomFaults } from '../../../lib/testing/faults/random-faults.ts';
import { randomScript } from '../../../lib/testing/audio/random-script.ts';
import { runTrial, type TrialClient } from '../../../lib/testing/trial/trial.ts';
import { IMPATIENT } from '../../support/recognise-script.ts';

const LIMITS = { ...IMPATIENT, connectTimeoutMs: 1000, startTimeoutMs: 1000, pingIntervalMs: 300 };

/** The client of this package. Audio that it gives up is a failure. */
const client: TrialClient = async function* (baseUrl, audio, signal) {
  const stage = recognize({ ...LIMITS, baseUrl, signal });
  stage.on('gap', () => stage.destroy(new Error('audio was given up')));
  yield* pipeline(audio, frame(), stage, sentenceEnd(), () => {});
};

/** One that sends everything again after a failure, and leaves out what it has given out already. */
const wasteful: TrialClient = async function* (baseUrl, audio) {
  const pcm = await audio.toArray();
  let given = 0;
  for (;;) {
    try {
      const stage = recognize({ ...LIMITS, baseUrl, maxRetries: 0 });
      for await (const sentence of pipeline(pcm, frame(), stage, sentenceEnd(), () => {})) {
        if (sentence.end_time <= given) continue;
        given = sentence.end_time;
        yield sentence;
      }
      return;
    } catch {
      // The next try begins at the beginning.
    }
  }
};

describe('a trial', () => {
  it('passes a client that gives all sentences once, and says what happened', async () => {
    const faults = parseFaults('drop@4s, duplicate@6s');
    const verdict = await runTrial(client, { seed: 2, durationMs: 10_000, faults });
    expect(verdict).toMatchObject({ isPassed: true, failure: undefined, lost: [], duplicated: [] });
    expect(verdict.script).toEqual(randomScript(2, { durationMs: 10_000 }));
    expect(formatFaults(verdict.fired.map(({ fault }) => fault))).toBe('drop@4s, duplicate@6s');
    expect(verdict.resentMs).toBeGreaterThan(0);
    expect(verdict.resentFinalMs).toBe(0);
  });

  it('fails one that sends again what was final', async () => {
    const faults = parseFaults('drop@7s');
    const verdict = await runTrial(wasteful, { seed: 2, durationMs: 10_000, faults });
    expect(verdict).toMatchObject({ isPassed: false, failure: undefined, lost: [], duplicated: [] });
    expect(verdict.resentFinalMs).toBeGreaterThan(1000);
  });

  it('fails one that loses a sentence, repeats one, or is late with the times', async () => {
    const changed = (
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
    expect((await changed(() => {})).isPassed).toBe(true);
    expect(await changed((all) => all.splice(1, 1))).toMatchObject({ isPassed: false, lost: [2] });
    expect(await changed((all) => all.push(...all.slice(-1)))).toMatchObject({ isPassed: false });
    expect(await changed(([first]) => first && (first.begin_time += 21))).toMatchObject({
      isPassed: false,
      largestTimeErrorMs: 21,
    });
  });

  it('says what a client fails with, and that one hangs', async () => {
    const broken = new Error('no client at all');
    const failing: TrialClient = async function* () {
      yield* [];
      await Promise.reject(broken);
    };
    expect(await runTrial(failing, { faults: [] })).toMatchObject({ isPassed: false, failure: broken });
    const hanging: TrialClient = async function* () {
      yield* [];
      await new Promise(() => {});
    };
    expect(await runTrial(hanging, { faults: [], timeoutMs: 50 })).toMatchObject({
      isPassed: false,
      failure: { name: 'TimeoutError' },
    });
  });

  it('has faults of its own, the same for the same seed', async () => {
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
