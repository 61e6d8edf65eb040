import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AudioQueue, CHUNK_MS } from '../../lib/caption-page/page/audio-queue.js';

const RATE = 8000;
const BYTES = (CHUNK_MS * RATE * 2) / 1000;

/** A chunk whose bytes show which one it is. */
const chunk = (number: number): ArrayBuffer => new Int16Array(BYTES / 2).fill(1000 + number).buffer;

function sendAll(queue: AudioQueue): ArrayBuffer[] {
  const sent: ArrayBuffer[] = [];
  for (let next = queue.next(); next; next = queue.next()) sent.push(next);
  return sent;
}

describe('the audio that a page keeps', () => {
  it('is sent again from the end of the last final sentence, to the millisecond', () => {
    const queue = new AudioQueue(RATE);
    for (const number of [0, 1, 2]) queue.push(chunk(number));
    expect(sendAll(queue)).toEqual([chunk(0), chunk(1), chunk(2)]);
    queue.confirm(130);
    expect(queue.rewind()).toEqual({ positionMs: 130, lostMs: 0 });
    expect(sendAll(queue)).toEqual([chunk(1).slice(30 * 16), chunk(2)]);
    expect([queue.isAllSent, queue.isAllConfirmed]).toEqual([true, false]);
    queue.confirmSent();
    expect([queue.isAllConfirmed, queue.rewind().positionMs, queue.next()]).toEqual([true, 300, undefined]);
  });

  it('is complete after any number of lost connections', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('push' as const) }),
      fc.record({ type: fc.constant('send' as const), count: fc.nat(5) }),
      fc.record({ type: fc.constant('confirm' as const), ms: fc.nat(5000) }),
      fc.record({ type: fc.constant('reconnect' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { size: 'max', maxLength: 300 }), (steps) => {
        const queue = new AudioQueue(RATE);
        let [pushed, received, confirmed] = [0, 0, 0];
        const wrong: object[] = [];
        for (const one of steps) {
          if (one.type === 'push') queue.push(chunk(pushed++));
          else if (one.type === 'reconnect') {
            const { positionMs, lostMs } = queue.rewind();
            // Nothing between the last final sentence and the new start is left out.
            if (positionMs !== confirmed || lostMs !== 0) wrong.push({ positionMs, confirmed, lostMs });
            received = positionMs;
          } else if (one.type === 'confirm') {
            confirmed = Math.max(confirmed, Math.min(one.ms, received));
            queue.confirm(Math.min(one.ms, received));
          } else {
            for (let count = 0; count < one.count; count += 1) {
              const next = queue.next();
              if (!next) break;
              const number = Math.floor(received / CHUNK_MS);
              const [sample] = new Int16Array(next);
              received += next.byteLength / 16;
              if (sample !== 1000 + number || received !== (number + 1) * CHUNK_MS)
                wrong.push({ sample, received });
            }
          }
        }
        expect([wrong, queue.endMs]).toEqual([[], pushed * CHUNK_MS]);
      }),
    );
  });

  it('reports sound that no server has received, once the queue is full', () => {
    const queue = new AudioQueue(RATE, 300);
    const lost = [0, 1, 2, 3, 4].map((number) => queue.push(chunk(number)));
    expect(lost).toEqual([0, 0, 0, CHUNK_MS, CHUNK_MS]);
    expect(queue.push(new ArrayBuffer(BYTES))).toBe(CHUNK_MS);
    expect(queue.rewind()).toEqual({ positionMs: 300, lostMs: 0 });
    expect(sendAll(queue)).toEqual([chunk(3), chunk(4), new ArrayBuffer(BYTES)]);
  });

  it('reports sound that was received and not recognised only when it is needed again', () => {
    const queue = new AudioQueue(RATE, 300);
    for (const number of [0, 1, 2]) queue.push(chunk(number));
    sendAll(queue);
    expect([queue.push(chunk(3)), queue.push(chunk(4))]).toEqual([0, 0]);
    expect(queue.rewind()).toEqual({ positionMs: 200, lostMs: 2 * CHUNK_MS });
    expect(queue.rewind().lostMs).toBe(0);
  });

  it('drops silence without a report', () => {
    const queue = new AudioQueue(RATE, 300);
    for (let count = 0; count < 10; count += 1) expect(queue.push(new ArrayBuffer(BYTES))).toBe(0);
    expect(queue.rewind()).toEqual({ positionMs: 700, lostMs: 0 });
  });
});
