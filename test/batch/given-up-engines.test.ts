import { expect, it } from 'vitest';
import { GivenUpEngines } from '../../lib/batch/given-up-engines.ts';

it('leaves an engine out after it was given up, and says whether that is new', () => {
  const engines = new GivenUpEngines();
  expect(engines.leavesOut('cloud')).toBe(false);
  expect(engines.add('cloud')).toBe(true);
  expect(engines.add('cloud')).toBe(false);
  expect(engines.leavesOut('cloud')).toBe(true);
  expect(engines.leavesOut('local')).toBe(false);
});

it('lets one run try the engine again each time, until it has done a recording', () => {
  let now = 0;
  const engines = new GivenUpEngines(1000, () => now);
  engines.add('cloud');
  now = 999;
  expect(engines.leavesOut('cloud')).toBe(true);
  now = 1000;
  expect([engines.leavesOut('cloud'), engines.leavesOut('cloud')]).toEqual([false, true]);
  now = 2000;
  expect(engines.leavesOut('cloud')).toBe(false);
  // It has failed again, which is not new.
  expect(engines.add('cloud')).toBe(false);
  now = 2999;
  expect(engines.leavesOut('cloud')).toBe(true);
  engines.remove('cloud');
  expect(engines.leavesOut('cloud')).toBe(false);
});
