import { expect, it } from 'vitest';
import { FinalLog, finalLogFor } from '../../../lib/recognition/recovery/final-log.ts';

const [first, second, third] = [Symbol('first'), Symbol('second'), Symbol('third')];

it('knows of a later final sentence of another recording', () => {
  const log = new FinalLog();
  expect(log.hasOtherSince(first, 0)).toBe(false);
  log.add(second, 10);
  expect([log.hasOtherSince(first, 9), log.hasOtherSince(first, 10)]).toEqual([true, false]);
});

it('does not count final sentences of the same recording', () => {
  const log = new FinalLog();
  log.add(first, 10);
  expect(log.hasOtherSince(first, 0)).toBe(false);
});

it('keeps the last one of another recording, however many the same recording has', () => {
  const log = new FinalLog();
  log.add(second, 10);
  for (let at = 11; at < 20; at += 1) log.add(first, at);
  expect([log.hasOtherSince(first, 9), log.hasOtherSince(second, 18)]).toEqual([true, true]);
  log.add(third, 20);
  expect(log.hasOtherSince(first, 19)).toBe(true);
});

it('exists once for each account and model', () => {
  const log = finalLogFor({ quota: 'a' }, 'fun-asr-realtime');
  expect(finalLogFor({ quota: 'a' }, 'fun-asr-realtime')).toBe(log);
  expect(finalLogFor({ quota: 'b' }, 'fun-asr-realtime')).not.toBe(log);
});
