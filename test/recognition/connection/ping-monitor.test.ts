import { expect, it, onTestFinished } from 'vitest';
import { PingMonitor } from '../../../lib/recognition/connection/ping-monitor.ts';

const INTERVAL_MS = 20;

/** Pings another side. @param answers Whether it answers a ping, from 1. */
function watch(answers: (ping: number) => boolean) {
  const seen = { pings: 0, dead: 0 };
  const monitor = new PingMonitor({
    intervalMs: INTERVAL_MS,
    ping() {
      seen.pings += 1;
      if (answers(seen.pings)) setImmediate(() => monitor.answered());
    },
    onDead() {
      seen.dead += 1;
    },
  });
  onTestFinished(() => monitor.stop());
  return { monitor, seen };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

it('a connection that used to answer is dead after two unanswered pings', async () => {
  const { monitor, seen } = watch((ping) => ping <= 2);
  expect(monitor.hasAnswered).toBe(false);
  monitor.start();
  await until(() => seen.dead > 0);
  expect([monitor.hasAnswered, seen.pings]).toEqual([true, 4]);
});

it('one unanswered ping proves nothing', async () => {
  const { monitor, seen } = watch((ping) => ping % 2 === 1);
  monitor.start();
  await until(() => seen.pings > 8);
  expect(seen.dead).toBe(0);
});

it('a connection that has never answered is pinged on, and is never dead', async () => {
  const { monitor, seen } = watch(() => false);
  monitor.start();
  await until(() => seen.pings > 5);
  expect([monitor.hasAnswered, seen.dead]).toEqual([false, 0]);
});

it('a connection with other messages is alive without pongs', async () => {
  const { monitor, seen } = watch((ping) => ping === 1);
  monitor.start();
  const messages = setInterval(() => monitor.reset(), INTERVAL_MS / 2);
  onTestFinished(() => clearInterval(messages));
  await until(() => seen.pings > 6);
  expect(seen.dead).toBe(0);
});

it('nothing is pinged or concluded while nothing is read', async () => {
  const { monitor, seen } = watch((ping) => ping === 1);
  monitor.start();
  await until(() => seen.pings === 3);
  monitor.pause();
  await new Promise((resolve) => setTimeout(resolve, 5 * INTERVAL_MS));
  expect(seen).toEqual({ pings: 3, dead: 0 });
  monitor.resume();
  await until(() => seen.dead > 0);
  expect(seen.pings).toBe(5);
});

it('a new start pings again, also after a pause', async () => {
  const { monitor, seen } = watch((ping) => ping === 1);
  monitor.start();
  await until(() => seen.pings === 3);
  monitor.pause();
  monitor.stop();
  monitor.start();
  await until(() => seen.dead > 0);
  expect(seen.pings).toBe(5);
});

it('a message that arrived while the event loop was blocked counts', async () => {
  const { monitor, seen } = watch((ping) => ping === 1);
  monitor.start();
  await until(() => seen.pings === 3);
  // The message has arrived at the next check, and is read after the timers.
  setTimeout(() => setImmediate(() => monitor.reset()), 0);
  const end = performance.now() + 3 * INTERVAL_MS;
  while (performance.now() < end);
  await until(() => seen.pings > 3);
  expect(seen.dead).toBe(0);
});

it('nothing is pinged after a stop', async () => {
  const { monitor, seen } = watch(() => true);
  monitor.start();
  monitor.stop();
  await new Promise((resolve) => setTimeout(resolve, 4 * INTERVAL_MS));
  expect(seen).toEqual({ pings: 1, dead: 0 });
});
