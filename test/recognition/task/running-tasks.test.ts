import { describe, expect, it } from 'vitest';
import { RunningTasks } from '../../../lib/recognition/task/running-tasks.ts';

const { signal } = new AbortController();

/** Whether one more task may run now. */
async function isFree(running: RunningTasks): Promise<boolean> {
  const abort = new AbortController();
  const free = running.free(abort.signal).then(
    () => true,
    () => false,
  );
  await new Promise((resolve) => setImmediate(resolve));
  abort.abort();
  return await free;
}

describe('the number of running tasks', () => {
  it('is not limited until the service refuses one', async () => {
    const running = new RunningTasks();
    for (let n = 0; n < 100; n += 1) running.begin();
    expect(await isFree(running)).toBe(true);
  });

  it('is then at most as many as were running', async () => {
    const running = new RunningTasks();
    const [first] = [running.begin(), running.begin(), running.begin()];
    running.begin().refuse();
    expect(await isFree(running)).toBe(false);
    const waiting = running.free(signal);
    first?.end();
    first?.end();
    await waiting;
    running.begin();
    expect(await isFree(running)).toBe(false);
  });

  it('may always be one', async () => {
    const running = new RunningTasks();
    running.begin().refuse();
    expect(await isFree(running)).toBe(true);
  });

  it('grows by one for each minute without a throttle', async () => {
    let now = 0;
    const running = new RunningTasks({ now: () => now });
    running.begin();
    running.begin().refuse();
    now = 59_999;
    expect(await isFree(running)).toBe(false);
    now = 60_000;
    expect(await isFree(running)).toBe(true);
    running.begin();
    expect(await isFree(running)).toBe(false);
  });
});
