import { describe, expect, it } from 'vitest';
import { FunAsrError, type FunAsrErrorDetails } from '../../../lib/core/errors.ts';
import { limitsOf } from '../../../lib/recognition/task/client-limits.ts';
import type { Failure } from '../../../lib/recognition/recovery/failure-cause.ts';
import { immediatePlan } from '../../../lib/recognition/task/task-plan.ts';
import { InputBuffer } from '../../../lib/recognition/input/input-buffer.ts';
import { type InputState, Recovery } from '../../../lib/recognition/recovery/recovery.ts';

const BYTES_PER_MS = 32;

/** The state of the input, in one object. */
type State = InputState['buffer'] & InputState['queue'] & InputState['window'];

const LOST: Failure = {
  error: new FunAsrError('E_CONNECTION_LOST', 'it broke', { retryable: true }),
  kind: undefined,
};
const REFUSED: Failure = {
  error: new FunAsrError('E_SERVER', 'it failed', { retryable: true, serviceCode: 'InternalError' }),
  kind: 'task-failed',
};

function timeout(serviceCode?: string): Failure {
  const details: FunAsrErrorDetails = { retryable: true, serviceCode };
  const error = new FunAsrError('E_TIMEOUT', 'it took too long', details);
  return { error, kind: serviceCode === undefined ? undefined : 'task-failed' };
}

/** A recovery with a clock that stands still until it is moved. */
function recovering({ maxRetries = 8, hasKeyFunction = false, isServiceProven = (): boolean => false } = {}) {
  let now = 0;
  let endMs = 0;
  const recovery = new Recovery({
    limits: limitsOf({ maxRetries }),
    hasKeyFunction,
    isServiceProven,
    times: new InputBuffer({ pcmBytesPerMs: BYTES_PER_MS }),
    clock: { now: () => now },
  });
  return {
    recovery,
    get endMs() {
      return endMs;
    },
    /** A task is sent everything, with `audioMs` of new audio, runs for `ms`, and fails. */
    fail: ({ error, kind }: Failure, { audioMs = 0, ms = 100, state = {} }: FailOptions = {}) => {
      recovery.started(endMs);
      now += ms;
      endMs += audioMs;
      return recovery.planAfterFailure({ error, kind }, inputState({ endMs, ...state }));
    },
  };
}

interface FailOptions {
  readonly audioMs?: number;
  readonly ms?: number;
  readonly state?: Partial<State>;
}

/** The state of an input of which everything was sent to the task, with what is different from that. */
function inputState({ endMs = 0, ...different }: Partial<State> & { endMs?: number }): InputState {
  const end = endMs * BYTES_PER_MS;
  const input = { start: 0, sent: end, end, furthestMs: endMs, isTimed: true, isReplayable: true };
  const state: State = {
    ...input,
    isSourcePaused: false,
    isQuiet: false,
    silenceEnd: undefined,
    ...different,
  };
  return { buffer: state, queue: state, window: state };
}

describe('a recognition without final sentences', () => {
  it('is not given up for drops that are far apart', () => {
    const { fail } = recovering({ maxRetries: 1 });
    for (let drop = 0; drop < 10; drop += 1) {
      expect(fail(LOST, { audioMs: 30_000, ms: 30_000 })).toMatchObject({ attempt: 1, task: { from: 0 } });
    }
  });

  it.each([
    ['its tasks run for less than 30 s', 30_000, 29_999],
    ['its tasks are sent less than 30 s of new audio', 29_900, 30_000],
  ])('is given up when %s', (_, audioMs, ms) => {
    const { fail } = recovering({ maxRetries: 1 });
    fail(LOST, { audioMs, ms });
    expect(() => fail(LOST, { audioMs, ms })).toThrow('it broke (given up after 1 retries)');
  });

  it('is given up when each task is only sent what an earlier one was sent', () => {
    const { fail } = recovering({ maxRetries: 1 });
    fail(LOST, { audioMs: 60_000, ms: 60_000 });
    expect(() => fail(LOST, { audioMs: 0, ms: 60_000 })).toThrow('given up');
  });
});

describe('the plan for the next task', () => {
  it('begins at the first byte that is not final, in no special way', () => {
    expect(recovering().fail(LOST, { audioMs: 2000, state: { start: 640 } })).toMatchObject({
      task: { from: 640, isCareful: false, waitsForMoreThan: 0 },
      attempt: 1,
      gapReason: undefined,
      hasSilenceTimeout: false,
      checkPositions: [],
    });
  });

  it('does not exist for encoded audio whose first bytes are gone', () => {
    expect(() => recovering().fail(LOST, { state: { isReplayable: false } })).toThrow('it broke');
  });

  it('begins after the silence for which the service ended the task, without a gap', () => {
    const { fail } = recovering({ maxRetries: 1 });
    for (let n = 0; n < 4; n += 1) {
      const plan = fail(timeout('ResponseTimeout'), { audioMs: 60_000, state: { silenceEnd: 64_000 } });
      expect(plan).toMatchObject({ task: { from: 64_000 }, gapReason: undefined, hasSilenceTimeout: true });
    }
  });

  it('begins after quiet audio in which the service found no speech, at once and without a report', () => {
    const error = new FunAsrError('E_NO_SPEECH', 'no speech', { serviceCode: 'NO_VALID_AUDIO_ERROR' });
    const { fail } = recovering();
    const plan = fail({ error, kind: 'task-failed' }, { audioMs: 1000, state: { isQuiet: true } });
    expect(plan).toMatchObject({ task: { from: 32_000 }, attempt: undefined, delayMs: 0 });
    expect(() => fail({ error, kind: 'task-failed' }, { audioMs: 1000 })).toThrow('no speech');
  });
});

describe('a service that fails the tasks of one span', () => {
  const AUDIO_END = 2000 * BYTES_PER_MS;
  const spaced = { ms: 5000 };

  it('makes a gap after three failures when other audio was recognised in between', () => {
    const { fail, recovery } = recovering();
    fail(REFUSED, { audioMs: 2000, ...spaced });
    const second = fail(REFUSED, spaced);
    expect(second).toMatchObject({ task: { from: 0, isCareful: true }, gapReason: undefined });
    expect(second.checkPositions).toEqual([AUDIO_END, AUDIO_END + 64_000, AUDIO_END + 256_000]);
    recovery.laterAudioRecognized();
    // First, the audio before the place of failure is recognised.
    const to = AUDIO_END - 200 * BYTES_PER_MS;
    expect(fail(REFUSED, spaced)).toMatchObject({
      task: { from: 0, to, isCareful: false },
      gapReason: undefined,
      checkPositions: [],
    });
    expect(recovery.planAfterFinish(to)).toMatchObject({
      task: { from: AUDIO_END, to: undefined, isCareful: false },
      attempt: undefined,
      gapReason: REFUSED.error,
    });
    expect(recovery.planAfterFinish(AUDIO_END)).toEqual(immediatePlan());
  });

  it('recognises the audio before a gap in spite of lost connections, without a second proof', () => {
    const { fail, recovery } = recovering({ isServiceProven: () => true });
    for (let n = 0; n < 3; n += 1) fail(REFUSED, { audioMs: n === 0 ? 2000 : 0, ...spaced });
    const to = AUDIO_END - 200 * BYTES_PER_MS;
    expect(fail(LOST, spaced)).toMatchObject({ task: { from: 0, to }, attempt: 2, gapReason: undefined });
    const state = { sent: to };
    const earlier = AUDIO_END - 600 * BYTES_PER_MS;
    expect(fail(REFUSED, { state })).toMatchObject({ task: { from: 0, to: earlier }, attempt: 1 });
    expect(recovery.planAfterFinish(earlier)).toMatchObject({
      task: { from: earlier, to: AUDIO_END - 400 * BYTES_PER_MS },
    });
  });

  it('begins the gap at the last final sentence when all audio after it fails', () => {
    const { fail } = recovering({ isServiceProven: () => true });
    const plans = [2000, 0, 0].map((audioMs) => fail(REFUSED, { audioMs, ...spaced }));
    for (let { to } = plans.at(-1)?.task ?? {}; to !== undefined; ) {
      const plan = fail(REFUSED, { state: { sent: to } });
      ({ to } = plan.task);
      plans.push(plan);
    }
    expect(plans.at(-1)).toMatchObject({ task: { from: AUDIO_END }, gapReason: REFUSED.error });
    expect(plans.length).toBeLessThan(10);
  });

  it('makes a gap when another recording was recognised in between', () => {
    const { fail } = recovering({ isServiceProven: () => true });
    const plans = [2000, 0, 0].map((audioMs) => fail(REFUSED, { audioMs, ...spaced }));
    expect(plans.at(-1)).toMatchObject({ task: { from: 0, to: AUDIO_END - 200 * BYTES_PER_MS } });
  });

  it('is retried until the budget is used up when nothing else was recognised', () => {
    const { fail } = recovering();
    const plans = Array.from({ length: 8 }, (_, n) =>
      fail(REFUSED, { audioMs: n === 0 ? 2000 : 0, ...spaced }),
    );
    expect(plans.map(({ gapReason, task }) => [gapReason, task.from])).toEqual(
      plans.map(() => [undefined, 0]),
    );
    expect(() => fail(REFUSED, spaced)).toThrow('it failed (given up after 8 retries)');
  });

  it('waits before the third try until its failure counts', () => {
    const { fail } = recovering();
    const delays = [2000, 0, 0].map((audioMs) => fail(REFUSED, { audioMs, ms: 100 }).delayMs);
    expect(delays[0]).toBeLessThanOrEqual(250);
    expect(delays.slice(1)).toEqual([4900, 4800]);
  });

  it.each([
    ['lost connections', LOST],
    ['time-outs', timeout()],
    [
      'throttles',
      { error: new FunAsrError('E_THROTTLED', 'slower', { retryable: true }), kind: 'task-failed' },
    ],
    ['tasks that got no audio', timeout('CLIENT_ERROR')],
    ['tasks that got only silence', timeout('ResponseTimeout')],
  ] as const)('makes no gap of %s', (_, failure) => {
    const { fail } = recovering({ isServiceProven: () => true, maxRetries: 20 });
    for (let n = 0; n < 6; n += 1) {
      const plan = fail(failure, { audioMs: n === 0 ? 2000 : 0, ...spaced });
      expect(plan).toMatchObject({
        task: { from: 0, isCareful: false },
        gapReason: undefined,
        checkPositions: [],
      });
    }
  });

  it('makes no gap in encoded audio, which cannot be resumed in the middle', () => {
    const { fail } = recovering({ isServiceProven: () => true });
    const state = { isTimed: false };
    const plans = [2000, 0, 0, 0].map((audioMs) => fail(REFUSED, { audioMs, state, ...spaced }));
    expect(plans.map(({ gapReason, checkPositions }) => [gapReason, checkPositions])).toEqual(
      plans.map(() => [undefined, []]),
    );
  });
});

describe('a close code for a protocol error', () => {
  const closed: Failure = {
    error: new FunAsrError('E_PROTOCOL', 'closed (1007)', { retryable: true }),
    kind: 'protocol',
  };

  it('is retried once, and is the end the second time without progress', () => {
    const { recovery, fail } = recovering();
    expect(fail(closed)).toMatchObject({ attempt: 1 });
    recovery.progressed();
    expect(fail(closed)).toMatchObject({ attempt: 1 });
    expect(() => fail(closed)).toThrow('closed (1007)');
  });
});

describe('a service that got no audio for too long', () => {
  it('makes the next task wait for more audio when the source had paused, any number of times', () => {
    const parts = recovering({ maxRetries: 1 });
    for (let pause = 1; pause < 5; pause += 1) {
      const plan = parts.fail(timeout('CLIENT_ERROR'), { audioMs: 1000, state: { isSourcePaused: true } });
      const waitsForMoreThan = parts.endMs * BYTES_PER_MS;
      expect(plan).toMatchObject({ attempt: 1, task: { waitsForMoreThan } });
    }
  });

  it('is retried at once when there was more audio', () => {
    const plan = recovering().fail(timeout('CLIENT_ERROR'), { audioMs: 1000 });
    expect(plan).toMatchObject({ attempt: 1, task: { from: 0, waitsForMoreThan: 0 } });
  });
});

describe('failures for missing audio or speech', () => {
  it.each(['CLIENT_ERROR', 'ResponseTimeout'])('are not counted as tries: %s', (serviceCode) => {
    const { fail } = recovering({ maxRetries: 1 });
    const attempts = [1, 2, 3, 4].map(() => fail(timeout(serviceCode), { ms: 10 }).attempt);
    expect(attempts).toEqual([1, 2, 3, 4]);
  });
});

describe('a key that is refused', () => {
  const refused: Failure = { error: new FunAsrError('E_AUTH', 'unknown key'), kind: undefined };

  it('is asked for again once before each task when a function provides it', () => {
    const { fail, recovery } = recovering({ hasKeyFunction: true });
    const again = () => recovery.planAfterFailure(refused, inputState({ isQuiet: true }));
    expect(fail(refused)).toMatchObject({ attempt: undefined, delayMs: 0 });
    expect(again).toThrow('unknown key');
    expect(fail(refused)).toMatchObject({ attempt: undefined, delayMs: 0 });
  });

  it('is the end when it is a constant', () => {
    expect(() => recovering().fail(refused)).toThrow('unknown key');
  });
});
