import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { TimeSpan } from '../../../lib/core/errors.ts';
import { InputBuffer } from '../../../lib/recognition/input/input-buffer.ts';
import { InputQueue } from '../../../lib/recognition/input/input-queue.ts';

const BYTES_PER_MS = 32;

function queueOf({ isLive = false, maxMs = 600_000 } = {}) {
  const dropped: TimeSpan[] = [];
  const buffer = new InputBuffer({ pcmBytesPerMs: BYTES_PER_MS, maxBytes: maxMs * BYTES_PER_MS });
  const queue = new InputQueue({ buffer, isLive, onDropped: (span) => dropped.push(span) });
  return { queue, buffer, dropped };
}

function audio(ms: number): Buffer {
  return Buffer.alloc(ms * BYTES_PER_MS);
}

/** Whether a promise has settled by the next turn of the event loop. */
async function hasSettled(promise: Promise<unknown> | undefined): Promise<boolean> {
  let isSettled = promise === undefined;
  void promise?.then(() => (isSettled = true));
  await nextTurn();
  return isSettled;
}

describe('a source that can wait', () => {
  it('waits until it is released', async () => {
    const { queue } = queueOf();
    const written = queue.write(audio(100));
    expect(await hasSettled(written)).toBe(false);
    queue.release();
    expect(await hasSettled(written)).toBe(true);
  });

  it('does not wait when its audio is sent at once', () => {
    const { queue } = queueOf();
    void queue.changedUnlessSent(() => true);
    expect(queue.write(audio(100))).toBeUndefined();
  });

  it('wakes the sender when its audio cannot be sent at once', async () => {
    const { queue } = queueOf();
    const woken = queue.changedUnlessSent(() => false);
    void queue.write(audio(100));
    expect(await hasSettled(woken)).toBe(true);
  });

  it('writes a large chunk in slices that fit into the buffer', async () => {
    const { queue, buffer } = queueOf();
    const written = queue.write(audio(20_000));
    const sizes = [buffer.end];
    while (!(await hasSettled(written))) {
      queue.release();
      await nextTurn();
      sizes.push(buffer.end);
    }
    expect(sizes[0]).toBe(256 * 1024);
    expect(buffer.end).toBe(20_000 * BYTES_PER_MS);
  });
});

describe('a live source', () => {
  it('never waits, and its dropped audio is reported', () => {
    const { queue, dropped } = queueOf({ isLive: true, maxMs: 1000 });
    expect([queue.write(audio(900)), queue.write(audio(300))]).toEqual([undefined, undefined]);
    expect(dropped).toEqual([{ beginMs: 0, endMs: 200 }]);
  });

  it('has audio reported as dropped that a failed task was sent and that is not kept', () => {
    const { queue, buffer, dropped } = queueOf({ isLive: true, maxMs: 1000 });
    void queue.write(audio(900));
    buffer.beginTask();
    while (!buffer.isAllSent) buffer.take(16_384);
    void queue.write(audio(300));
    expect(dropped).toEqual([]);
    queue.rewind();
    expect(dropped).toEqual([{ beginMs: 0, endMs: 200 }]);
  });
});

describe('a source that pauses', () => {
  it('is paused from when everything was sent until it writes again', async () => {
    const { queue } = queueOf();
    expect(queue.isSourcePaused).toBe(false);
    void queue.changedUnlessSent(() => false);
    expect(queue.isSourcePaused).toBe(true);
    void queue.write(audio(100));
    expect(queue.isSourcePaused).toBe(false);
  });

  it('stays paused when the task fails while it pauses, and not when it has ended', async () => {
    const { queue } = queueOf();
    void queue.changedUnlessSent(() => false);
    queue.wake();
    expect(queue.isSourcePaused).toBe(true);
    queue.end();
    expect(queue.isSourcePaused).toBe(false);
  });
});
