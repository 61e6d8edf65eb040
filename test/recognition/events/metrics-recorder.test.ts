import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { TaskDiagnostics } from '../../../lib/recognition/events/diagnostics.ts';
import { MetricsRecorder } from '../../../lib/recognition/events/metrics-recorder.ts';
import { EventPublisher } from '../../../lib/recognition/events/recognition-events.ts';

/** A recorder and the events that it records. */
function recording() {
  const events = new EventPublisher();
  const recorder = new MetricsRecorder();
  events.subscribe((event) => recorder.record(event));
  return {
    recorder,
    request: (id: string) => events.publish('taskRequested', id),
    task: (state: TaskDiagnostics['state']) =>
      events.publish('task', { connectionId: 1, requestId: 'task', state, fromMs: 0, toMs: 0 }),
    send: (ms: number, resentMs = 0) => events.publish('audioSent', { ms, resentMs }),
    receive: (hasText: boolean, billedSeconds?: number) =>
      events.publish('result', { hasText, billedSeconds }),
    finish: () => events.publish('finishing', 'task'),
  };
}

it('has no metrics before a task was requested', () => {
  expect(recording().recorder.metrics).toBeUndefined();
});

it('counts all audio, and audio that was sent again', () => {
  const { recorder, request, send } = recording();
  request('task');
  send(100);
  send(100.4, 50.2);
  expect(recorder.metrics).toMatchObject({ requestId: 'task', tasks: 0, sentMs: 200, resentMs: 50 });
});

it('takes the last billed figure of each task, and adds them up', () => {
  const { recorder, request, task, receive } = recording();
  for (const figures of [[1, 3, 7], [2], [], [4, 4]]) {
    request('task');
    task('started');
    for (const seconds of figures) receive(true, seconds);
  }
  expect(recorder.metrics).toMatchObject({ tasks: 4, billedSeconds: 7 + 2 + 4 });
});

it('does not count a task that never started, and bills nothing twice', () => {
  const { recorder, request, task, receive } = recording();
  request('first');
  task('started');
  receive(true, 5);
  request('second');
  expect(recorder.metrics).toMatchObject({ requestId: 'second', tasks: 1, billedSeconds: 5 });
});

it('measures the delay of the first text, and of the end of the last task', async () => {
  const { recorder, request, task, send, receive, finish } = recording();
  request('task');
  task('started');
  send(100);
  receive(false);
  expect(recorder.metrics).toMatchObject({ firstPackageDelayMs: undefined, lastPackageDelayMs: undefined });
  receive(true);
  const first = recorder.metrics?.firstPackageDelayMs;
  expect(first).toBeTypeOf('number');
  await nextTurn();
  send(100);
  receive(true);
  expect(recorder.metrics?.firstPackageDelayMs).toBe(first);
  finish();
  expect(recorder.metrics?.lastPackageDelayMs).toBeUndefined();
  task('finished');
  expect(recorder.metrics?.lastPackageDelayMs).toBeTypeOf('number');
});

it('has no delay of the end when the last task was not finished', () => {
  const { recorder, request, task, finish } = recording();
  request('first');
  finish();
  task('finished');
  expect(recorder.metrics?.lastPackageDelayMs).toBeDefined();
  request('second');
  expect(recorder.metrics?.lastPackageDelayMs).toBeUndefined();
});
