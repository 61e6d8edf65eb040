import { describe, expect, it } from 'vitest';
import { type Result, ResultOrder } from '../../../lib/recognition/task/result-order.ts';

function result(sentence_id: number | undefined, sentence_end = true): Result {
  return {
    sentence: { sentence_id, sentence_end, begin_time: 0, end_time: null, text: '', words: [] },
    usage: null,
  };
}

/** Numbers of the sentences that are delivered after each result, and at the end. */
function given(results: readonly Result[]): (number | undefined)[][] {
  const order = new ResultOrder();
  const numbers = (all: readonly Result[]) => all.map(({ sentence }) => sentence.sentence_id);
  return [...results.map((one) => numbers(order.take(one))), numbers(order.end())];
}

describe('results of a task', () => {
  it('are delivered at once when they arrive in order', () => {
    expect(given([1, 2, 3].map((number) => result(number)))).toEqual([[1], [2], [3], []]);
  });

  it('are held until the one before arrives', () => {
    expect(given([1, 3, 2, 4].map((number) => result(number)))).toEqual([[1], [], [2, 3], [4], []]);
    expect(given([2, 1].map((number) => result(number)))).toEqual([[], [1, 2], []]);
  });

  it('are held no longer than until the next one, and never again, when a number was left out', () => {
    expect(given([1, 3, 4, 6, 9].map((number) => result(number)))).toEqual([[1], [], [3, 4], [6], [9], []]);
  });

  it('are all delivered at the end', () => {
    expect(given([1, 3].map((number) => result(number)))).toEqual([[1], [], [3]]);
  });

  it('are delivered unchanged without numbers, as partials, and as repeats', () => {
    expect(given([result(undefined), result(7, false), result(1), result(1)])).toEqual([
      [undefined],
      [7],
      [1],
      [1],
      [],
    ]);
  });
});
