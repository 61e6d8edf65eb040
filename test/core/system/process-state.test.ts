import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { isProcessRunning, startTimeOf } from '../../../lib/core/system/process-state.ts';
import { startZombie } from '../../support/zombie.ts';

it('reports that this process runs', async () => {
  expect(await isProcessRunning(process.pid)).toBe(true);
  expect(await isProcessRunning(process.pid, await startTimeOf(process.pid))).toBe(true);
});

it('reports that another process runs until it has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const pid = Number(child.pid);
  expect(await isProcessRunning(pid)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await isProcessRunning(pid)).toBe(false);
});

it('reports that a process of another user runs', async () => {
  expect(await isProcessRunning(1)).toBe(true);
});

it.runIf(process.platform === 'linux')(
  'reports that a zombie has ended, with and without a known start time',
  async () => {
    const pid = await startZombie();
    expect(process.kill(pid, 0)).toBe(true);
    expect(await isProcessRunning(pid)).toBe(false);
    expect(await isProcessRunning(pid, await startTimeOf(pid))).toBe(false);
  },
);

it.runIf(process.platform === 'linux')('distinguishes processes that have had the same id', async () => {
  const started = await startTimeOf(process.pid);
  expect(started).toMatch(/^\d+$/);
  expect(await isProcessRunning(process.pid, `${started}1`)).toBe(false);
});
