import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import { Turn } from '../../lib/core/turn.ts';

const never = new AbortController().signal;

/** Whether it is the turn of a recording now. */
async function hasTurn(turn: Turn): Promise<boolean> {
  let has = false;
  void turn.take().then((isTurn) => (has = isTurn));
  await new Promise((resolve) => setImmediate(resolve));
  return has;
}

describe('the turn of a recording', () => {
  it('comes when an earlier one has ended, and is one for all its channels', async () => {
    const sending = pLimit(2);
    const [first, second, third] = [1, 2, 3].map(() => new Turn(sending, never)) as [Turn, Turn, Turn];
    expect([await hasTurn(first), await hasTurn(first), await hasTurn(second)]).toEqual([true, true, true]);
    expect(await hasTurn(third)).toBe(false);
    first.end();
    expect(await hasTurn(third)).toBe(true);
  });

  it('is left out when the recording has ended before', async () => {
    const sending = pLimit(1);
    const [first, second, third] = [1, 2, 3].map(() => new Turn(sending, never)) as [Turn, Turn, Turn];
    expect([await hasTurn(third), await hasTurn(second), await hasTurn(first)]).toEqual([false, false, true]);
    second.end();
    first.end();
    expect(await hasTurn(third)).toBe(true);
    expect([first.hasCome, second.hasCome]).toEqual([true, true]);
  });

  it('does not come when nothing is to be sent any more', async () => {
    const sending = pLimit(1);
    const ends = new AbortController();
    const [first, second] = [new Turn(sending, ends.signal), new Turn(sending, ends.signal)];
    expect(await hasTurn(first)).toBe(true);
    const waiting = second.take();
    ends.abort();
    expect(await waiting).toBe(false);
    first.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(second.hasCome).toBe(false);
    expect(await new Turn(sending, ends.signal).take()).toBe(false);
  });
});
