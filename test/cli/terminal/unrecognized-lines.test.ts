import { expect, it } from 'vitest';
import { unrecognizedLines } from '../../../lib/cli/terminal/unrecognized-lines.ts';
import { type ReportedError, reportError } from '../../../lib/core/reported-error.ts';
import { unrecognizedWarning } from '../../../lib/recognition/events/unrecognized-warning.ts';

const warning = (beginMs: number, endMs: number, reason = 'not recognised'): ReportedError =>
  reportError(unrecognizedWarning({ beginMs, endMs }, reason, 'r1'));

it('prints a single warning as it is', () => {
  const [line, ...others] = unrecognizedLines([warning(1000, 2500)], 'talk.mp3');
  expect(line).toContain('talk.mp3: no text from 1.0 s to 2.5 s: not recognised.');
  expect(others).toEqual([]);
});

it('sums up the warnings of a recording in one line with at most five spans and one hint', () => {
  const warnings = Array.from({ length: 9 }, (_, n) => warning(n * 10_000 + 2000, n * 10_000 + 5500));
  const [line = '', ...others] = unrecognizedLines(warnings, 'talk.mp3');
  expect(others).toEqual([]);
  expect(line).toContain('talk.mp3: 9 parts, 31.5 s in total, not recognised: 2.0–5.5 s, 12.0–15.5 s,');
  expect(line).toContain('42.0–45.5 s, …. ');
  expect(line.match(/Check that the model/g)).toHaveLength(1);
});

it('keeps words that never became final', () => {
  const lines = unrecognizedLines([warning(0, 900), warning(2000, 2900, 'these words: good night')], 'a.mp3');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('these words: good night');
});
