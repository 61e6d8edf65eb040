import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Meter } from '../../../lib/recognition/events/metrics.ts';

it('nothing is known before a task was asked for', () => {
  expect(new Meter().metrics).toBeUndefined();
});

it('audio is counted in all, and what was sent again in particular', () => {
  const meter = new Meter();
  meter.asked('task');
  meter.sent(100, 0);
  meter.sent(100.4, 50.2);
  expect(meter.metrics).toMatchObject({ requestId: 'task', tasks: 0, sentMs: 200, resentMs: 50 });
});

it('what a task was billed is its own last figure, and the figures of tasks are added', () => {
  const meter = new Meter();
  for (const figures of [[1, 3, 7], [2], [], [4, 4]]) {
    meter.asked('task');
    meter.started();
    for (const seconds of figures) meter.billed(seconds);
  }
  expect(meter.metrics).toMatchObject({ tasks: 4, billedSeconds: 7 + 2 + 4 });
});

it('a task that never started is not counted, and bills nothing twice', () => {
  const meter = new Meter();
  meter.asked('first');
  meter.started();
  meter.billed(5);
  meter.asked('second');
  expect(meter.metrics).toMatchObject({ requestId: 'second', tasks: 1, billedSeconds: 5 });
});

it('the delays are those of the first text, and of the end of the last task', async () => {
  const meter = new Meter();
  meter.asked('task');
  meter.started();
  expect(meter.metrics).toMatchObject({ firstPackageDelayMs: undefined, lastPackageDelayMs: undefined });
  meter.sent(100, 0);
  await wait(30);
  meter.text();
  const { firstPackageDelayMs } = meter.metrics ?? {};
  await wait(30);
  meter.sent(100, 0);
  meter.text();
  meter.finishing();
  await wait(30);
  meter.finished();
  const { metrics } = meter;
  expect(firstPackageDelayMs).toBeGreaterThanOrEqual(29);
  expect(metrics?.firstPackageDelayMs).toBe(firstPackageDelayMs);
  expect(metrics?.lastPackageDelayMs).toBeGreaterThanOrEqual(29);
  expect(metrics?.lastPackageDelayMs).toBeLessThan(firstPackageDelayMs === undefined ? 0 : 10_000);
});

it('a task that did not get to its end has no delay of its end', () => {
  const meter = new Meter();
  meter.asked('first');
  meter.finishing();
  meter.finished();
  expect(meter.metrics?.lastPackageDelayMs).toBeDefined();
  meter.asked('second');
  expect(meter.metrics?.lastPackageDelayMs).toBeUndefined();
});
