import { expect, it } from 'vitest';
import { FunAsrError } from '../../../lib/core/errors.ts';
import { GapReporter } from '../../../lib/recognition/events/gap-reporter.ts';
import { EventPublisher } from '../../../lib/recognition/events/recognition-events.ts';

const REASON = new FunAsrError('E_SERVER', 'oops', { requestId: 'task' });

/** The gaps that are published, and the spans of the warnings. */
function report(work: (gaps: GapReporter) => void) {
  const events = new EventPublisher();
  const gaps: [number, number][] = [];
  const warnings: FunAsrError[] = [];
  events.subscribe((event) => {
    if (event.type === 'gap') gaps.push([event.detail.begin_time, event.detail.end_time]);
    if (event.type === 'warning') warnings.push(event.detail);
  });
  work(new GapReporter(events));
  return { gaps, warnings };
}

it('joins parts that adjoin to one gap, and reports it once', () => {
  const { gaps } = report((reporter) => {
    reporter.add({ beginMs: 100, endMs: 200 }, REASON);
    reporter.add({ beginMs: 200, endMs: 450 }, REASON);
    reporter.add({ beginMs: 40, endMs: 100 }, REASON);
    reporter.flush();
    reporter.flush();
  });
  expect(gaps).toEqual([[40, 450]]);
});

it('reports parts that do not adjoin separately', () => {
  const { gaps } = report((reporter) => {
    reporter.add({ beginMs: 100, endMs: 200 }, REASON);
    reporter.add({ beginMs: 300, endMs: 400 }, REASON);
    reporter.flush();
    reporter.add({ beginMs: 400, endMs: 500 }, REASON);
    reporter.flush();
  });
  expect(gaps).toEqual([
    [100, 200],
    [300, 400],
    [400, 500],
  ]);
});

it('reports nothing while the gap may go on, and nothing without a gap', () => {
  expect(report((reporter) => reporter.add({ beginMs: 100, endMs: 200 }, REASON)).gaps).toEqual([]);
  expect(report((reporter) => reporter.flush()).gaps).toEqual([]);
});

it('warns of each gap with its span and its reason', () => {
  const { warnings } = report((reporter) => {
    reporter.add({ beginMs: 1000, endMs: 2500 }, REASON);
    reporter.flush();
  });
  expect(warnings).toMatchObject([
    {
      code: 'W_GAP',
      message: 'nothing from 1.0 s to 2.5 s is in the text: oops',
      span: { beginMs: 1000, endMs: 2500 },
      requestId: 'task',
      cause: REASON,
    },
  ]);
});
