import { getEventListeners, once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { abortable, Deadline } from '../../lib/core/deadline.ts';

/** Resolves with the name of each deadline that is missed, in order. */
function missedInOrder(start: (deadline: (name: string) => Deadline) => void, count: number) {
  return new Promise<string[]>((resolve) => {
    const missed: string[] = [];
    start(
      (name) =>
        new Deadline(() => {
          missed.push(name);
          if (missed.length === count) resolve(missed);
        }),
    );
  });
}

describe('Deadline', () => {
  it('is missed once', async () => {
    const missed = await missedInOrder((deadline) => {
      deadline('first').start(5);
      deadline('second').start(50);
    }, 2);
    expect(missed).toEqual(['first', 'second']);
  });

  it('is not missed after it was cleared or restarted', async () => {
    let restarted: Deadline | undefined;
    const missed = await missedInOrder((deadline) => {
      const cleared = deadline('cleared');
      cleared.start(5);
      cleared.clear();
      restarted = deadline('restarted');
      restarted.start(5);
      restarted.start(100_000);
      deadline('later').start(20);
    }, 1);
    restarted?.clear();
    expect(missed).toEqual(['later']);
  });

  it('can be cleared by data that arrived while the event loop was blocked', async () => {
    const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const accepting = once(server, 'connection');
    const reader = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [writer] = (await accepting) as [Socket];
    const missed = await missedInOrder((deadline) => {
      const blocked = deadline('blocked');
      reader.once('data', () => blocked.clear());
      blocked.start(5);
      // The data is with the system before the deadline is due, and is read after the timers have run.
      writer.write('data');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
      deadline('later').start(5);
    }, 1);
    reader.destroy();
    server.close();
    expect(missed).toEqual(['later']);
  });
});

describe('abortable', () => {
  const pending = new Promise<never>(() => {});

  it('returns the result of the work, and removes its listener from the signal', async () => {
    const { signal } = new AbortController();
    expect(await abortable(Promise.resolve(7), signal)).toBe(7);
    await expect(abortable(Promise.reject(new RangeError('no')), signal)).rejects.toThrow(RangeError);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const wait = abortable(pending, controller.signal);
    controller.abort(new TypeError('enough'));
    await expect(wait).rejects.toThrow(TypeError);
  });

  it('rejects at once when the signal has aborted already', async () => {
    await expect(abortable(pending, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
