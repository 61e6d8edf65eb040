import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const BENCH = fileURLToPath(new URL('../../../bench/times.mjs', import.meta.url));

test('keeps every tone of random recordings at its place: late starts, gaps, appended parts', async () => {
  // The exit code is 1, and the promise is rejected, when a tone is off.
  const { stdout } = await promisify(execFile)(process.execPath, [BENCH, '12', '3']);
  expect(stdout).toMatch(/^12 recordings, seed 3: 0 with a tone off or missing; at most \d+ ms off\n$/);
});
