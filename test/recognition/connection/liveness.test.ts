import { expect, it, onTestFinished } from 'vitest';
import { Liveness } from '../../../lib/recognition/connection/liveness.ts';

const INTERVAL_MS = 20;

/** Asks somebody again and again whether he is there. @param answers Whether he answers a question, from 1. */
function watch(answers: (question: number) => boolean) {
  const seen = { questions: 0, gone: 0 };
  const liveness = new Liveness({
    intervalMs: INTERVAL_MS,
    ask() {
      seen.questions += 1;
      if (answers(seen.questions)) setImmediate(() => liveness.answered());
    },
    onGone() {
      seen.gone += 1;
    },
  });
  onTestFinished(() => liveness.stop());
  return { liveness, seen };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

it('somebody who used to answer is gone after two questions without an answer', async () => {
  const { liveness, seen } = watch((question) => question <= 2);
  expect(liveness.hasAnswered).toBe(false);
  liveness.start();
  await until(() => seen.gone > 0);
  expect([liveness.hasAnswered, seen.questions]).toEqual([true, 4]);
});

it('one question without an answer proves nothing', async () => {
  const { liveness, seen } = watch((question) => question % 2 === 1);
  liveness.start();
  await until(() => seen.questions > 8);
  expect(seen.gone).toBe(0);
});

it('somebody who has never answered is asked on, and proves nothing by that', async () => {
  const { liveness, seen } = watch(() => false);
  liveness.start();
  await until(() => seen.questions > 5);
  expect([liveness.hasAnswered, seen.gone]).toEqual([false, 0]);
});

it('somebody who says other things is there, though he does not answer', async () => {
  const { liveness, seen } = watch((question) => question === 1);
  liveness.start();
  const talk = setInterval(() => liveness.heard(), INTERVAL_MS / 2);
  onTestFinished(() => clearInterval(talk));
  await until(() => seen.questions > 6);
  expect(seen.gone).toBe(0);
});

it('while nobody listens, nothing is asked and nothing is proved', async () => {
  const { liveness, seen } = watch((question) => question === 1);
  liveness.start();
  await until(() => seen.questions === 3);
  liveness.pause();
  await new Promise((resolve) => setTimeout(resolve, 5 * INTERVAL_MS));
  expect(seen).toEqual({ questions: 3, gone: 0 });
  liveness.resume();
  await until(() => seen.gone > 0);
  expect(seen.questions).toBe(5);
});

it('a new start asks again, though nobody has listened at the end of the last one', async () => {
  const { liveness, seen } = watch((question) => question === 1);
  liveness.start();
  await until(() => seen.questions === 3);
  liveness.pause();
  liveness.stop();
  liveness.start();
  await until(() => seen.gone > 0);
  expect(seen.questions).toBe(5);
});

it('what was said while the event loop was blocked is heard before a verdict', async () => {
  const { liveness, seen } = watch((question) => question === 1);
  liveness.start();
  await until(() => seen.questions === 3);
  // The answer is there by the time of the next check; it is read after the timers.
  setTimeout(() => setImmediate(() => liveness.heard()), 0);
  const end = performance.now() + 3 * INTERVAL_MS;
  while (performance.now() < end);
  await until(() => seen.questions > 3);
  expect(seen.gone).toBe(0);
});

it('is over when nobody wants to know any more', async () => {
  const { liveness, seen } = watch(() => true);
  liveness.start();
  liveness.stop();
  await new Promise((resolve) => setTimeout(resolve, 4 * INTERVAL_MS));
  expect(seen).toEqual({ questions: 1, gone: 0 });
});
