import { expect, test } from 'vitest';
import { Turns } from '../../../lib/engines/local/turns.ts';

/** Work that is done when it is told to be. */
function workbench() {
  const started: string[] = [];
  const finish: Array<() => void> = [];
  const work = (name: string) => (): Promise<string> => {
    started.push(name);
    return new Promise((resolve) => finish.push(() => resolve(name)));
  };
  return { started, work, finishNext: async () => (finish.shift()?.(), await new Promise(setImmediate)) };
}

test('no more than the given number runs at a time', async () => {
  const { started, work, finishNext } = workbench();
  const turns = new Turns(2);
  const owner = {};
  const results = ['a', 'b', 'c'].map((name) => turns.run(owner, work(name)));

  expect(started).toEqual(['a', 'b']);
  await finishNext();
  expect(started).toEqual(['a', 'b', 'c']);
  await finishNext();
  await finishNext();
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c']);
});

test('owners take turns, however much one of them brings', async () => {
  const { started, work, finishNext } = workbench();
  const turns = new Turns(1);
  const [first, second] = [{}, {}];
  for (const name of ['a1', 'a2', 'a3', 'a4']) void turns.run(first, work(name));
  for (const name of ['b1', 'b2']) void turns.run(second, work(name));
  for (let n = 0; n < 5; n += 1) await finishNext();

  expect(started).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'a4']);
});

test('work that fails makes room for the next', async () => {
  const turns = new Turns(1);
  const failing = turns.run({}, () => Promise.reject(new Error('broken')));
  const next = turns.run({}, () => Promise.resolve('done'));

  await expect(failing).rejects.toThrow('broken');
  await expect(next).resolves.toBe('done');
});

test('what an owner has waiting can be dropped, and nobody else notices', async () => {
  const { started, work, finishNext } = workbench();
  const turns = new Turns(1);
  const [first, second] = [{}, {}];
  void turns.run(first, work('a1'));
  const dropped = turns.run(first, work('a2'));
  void turns.run(second, work('b1'));
  turns.drop(first, new Error('given up'));

  await expect(dropped).rejects.toThrow('given up');
  await finishNext();
  expect(started).toEqual(['a1', 'b1']);
});
