import { expect, test } from 'vitest';
import { FairQueue } from '../../../lib/engines/local/fair-queue.ts';

/** Makes jobs that finish when the test says so. */
function workbench() {
  const started: string[] = [];
  const finish: Array<() => void> = [];
  const work = (name: string) => (): Promise<string> => {
    started.push(name);
    return new Promise((resolve) => finish.push(() => resolve(name)));
  };
  return { started, work, finishNext: async () => (finish.shift()?.(), await new Promise(setImmediate)) };
}

test('runs at most the given number of jobs at the same time', async () => {
  const { started, work, finishNext } = workbench();
  const queue = new FairQueue(2);
  const owner = {};
  const results = ['a', 'b', 'c'].map((name) => queue.run(owner, work(name)));

  expect(started).toEqual(['a', 'b']);
  await finishNext();
  expect(started).toEqual(['a', 'b', 'c']);
  await finishNext();
  await finishNext();
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c']);
});

test('runs the jobs of the owners in turn', async () => {
  const { started, work, finishNext } = workbench();
  const queue = new FairQueue(1);
  const [first, second] = [{}, {}];
  for (const name of ['a1', 'a2', 'a3', 'a4']) void queue.run(first, work(name));
  for (const name of ['b1', 'b2']) void queue.run(second, work(name));
  for (let n = 0; n < 5; n += 1) await finishNext();

  expect(started).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'a4']);
});

test('continues after a job that fails', async () => {
  const queue = new FairQueue(1);
  const failing = queue.run({}, () => Promise.reject(new Error('broken')));
  const next = queue.run({}, () => Promise.resolve('done'));

  await expect(failing).rejects.toThrow('broken');
  await expect(next).resolves.toBe('done');
});

test('drops the waiting jobs of one owner only', async () => {
  const { started, work, finishNext } = workbench();
  const queue = new FairQueue(1);
  const [first, second] = [{}, {}];
  void queue.run(first, work('a1'));
  const dropped = queue.run(first, work('a2'));
  void queue.run(second, work('b1'));
  queue.drop(first, new Error('given up'));

  await expect(dropped).rejects.toThrow('given up');
  await finishNext();
  expect(started).toEqual(['a1', 'b1']);
});
