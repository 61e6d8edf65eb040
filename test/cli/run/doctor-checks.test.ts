import { expect, it } from 'vitest';
import { checkNode } from '../../../lib/cli/run/doctor-checks.ts';

it.each(['18.20.4', '20.18.3', '0.12.18'])('Node %s fails the check, with a fix', (version) => {
  expect(checkNode(version)).toEqual({
    name: 'node',
    status: 'fail',
    detail: version,
    fix: 'Install Node 20.19 or newer: https://nodejs.org',
  });
});

it.each(['20.19.0', '20.20.2', '22.1.0', '24.0.0'])('Node %s passes the check', (version) => {
  expect(checkNode(version)).toMatchObject({ status: 'ok', fix: '' });
});
