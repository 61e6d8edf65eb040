import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it('npm publishes the package as it is', async () => {
  // npm changes what it does not accept in package.json, with a warning, when it publishes.
  const args = ['publish', '--dry-run', '--ignore-scripts', '--tag', 'test'];
  const { stderr } = await run('npm', args, { cwd: ROOT });
  const warnings = stderr.split('\n').filter((line) => /npm warn/i.test(line) && !/logged in/.test(line));
  expect(warnings).toEqual([]);
}, 120_000);
