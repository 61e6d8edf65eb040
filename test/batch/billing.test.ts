import { expect, it } from 'vitest';
import { Billing } from '../../lib/batch/billing.ts';
import { finalSentence } from '../subtitles/final-sentence.ts';

it('the last figure of each task counts: they grow within a task', () => {
  const billing = new Billing();
  const figures = [
    ['a', 2],
    ['a', 5],
    ['b', 3],
    ['a', 5],
    ['b', 7],
  ] as const;
  for (const [request_id, duration] of figures) {
    billing.add({ ...finalSentence('text', 0, 1), request_id, usage: { duration } });
  }
  billing.add({ ...finalSentence('text', 0, 1), usage: null });
  billing.add(finalSentence('text', 0, 1));
  expect(billing.seconds).toBe(12);
});
