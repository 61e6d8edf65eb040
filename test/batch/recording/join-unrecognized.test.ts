import { expect, it } from 'vitest';
import { joinUnrecognized } from '../../../lib/batch/recording/join-unrecognized.ts';
import { FunAsrError } from '../../../lib/core/errors.ts';
import { unrecognizedWarning } from '../../../lib/recognition/events/unrecognized-warning.ts';

const warning = (beginMs: number, endMs: number, reason = 'not recognised'): FunAsrError =>
  unrecognizedWarning({ beginMs, endMs }, reason, 'r1');

it('joins warnings whose spans are neighbours, also when others are between them', () => {
  const truncated = new FunAsrError('W_TRUNCATED', 'cut');
  const joined = joinUnrecognized([warning(0, 900), truncated, warning(1500, 2900), warning(3000, 4000)]);
  expect(joined.map(({ message }) => message)).toEqual([
    'no text from 0.0 s to 4.0 s: not recognised',
    'cut',
  ]);
  expect(joined[0]).toMatchObject({
    code: 'W_UNRECOGNIZED',
    span: { beginMs: 0, endMs: 4000 },
    hint: warning(0, 1).hint,
  });
});

it('keeps warnings that are far apart, or have different reasons', () => {
  const warnings = [warning(0, 900), warning(2000, 2900), warning(3000, 4000, 'the words: good night')];
  expect(joinUnrecognized(warnings)).toEqual(warnings);
});
