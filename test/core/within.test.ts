import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { within } from '../../lib/core/within.ts';

const pending = new Promise<never>(() => {});

it('what is waited for is given, and nothing is left behind at the signal', async () => {
  const { signal } = new AbortController();
  expect(await within(Promise.resolve(7), signal)).toBe(7);
  await expect(within(Promise.reject(new RangeError('no')), signal)).rejects.toThrow(RangeError);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('a wait ends with the reason of the signal', async () => {
  const controller = new AbortController();
  const wait = within(pending, controller.signal);
  controller.abort(new TypeError('enough'));
  await expect(wait).rejects.toThrow(TypeError);
});

it('a signal that has aborted already lets nobody wait', async () => {
  await expect(within(pending, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
});
