import { expect, it } from 'vitest';
import { Deadline } from '../../lib/core/deadline.ts';

const turns = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('a deadline is missed once, after its time', async () => {
  let missed = 0;
  const deadline = new Deadline(() => (missed += 1));
  deadline.start(5);
  await turns(50);
  expect(missed).toBe(1);
});

it('a deadline that is cleared, or started anew, is not missed', async () => {
  let missed = 0;
  const deadline = new Deadline(() => (missed += 1));
  deadline.start(5);
  deadline.start(100_000);
  await turns(50);
  deadline.clear();
  expect(missed).toBe(0);
});

it('what arrived while the event loop was blocked calls it off', async () => {
  let missed = 0;
  const deadline = new Deadline(() => (missed += 1));
  deadline.start(5);
  // Its timer comes due first; what the socket has is read in the same turn, before the deadline's last word.
  setTimeout(() => setImmediate(() => deadline.clear()), 0);
  const until = performance.now() + 30;
  while (performance.now() < until);
  await turns(20);
  expect(missed).toBe(0);
});
