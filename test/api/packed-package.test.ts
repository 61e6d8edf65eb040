import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it('the packed package installs in an empty folder, transcribes, has types, and is bundled', async () => {
  const { stdout } = await run(process.execPath, ['bench/install.mjs', 'current'], { cwd: ROOT });
  const steps = [...stdout.matchAll(/^Node\.js current: (.*?): ok/gm)].map(([, step]) => step);
  expect(steps).toEqual(['install', 'command line', 'first transcript', 'types', 'bundles']);
}, 600_000);

it('npm publishes the package as it is', async () => {
  // npm changes what it does not accept in package.json, with a warning, when it publishes.
  const args = ['publish', '--dry-run', '--ignore-scripts', '--tag', 'test'];
  const { stderr } = await run('npm', args, { cwd: ROOT });
  const warnings = stderr.split('\n').filter((line) => /npm warn/i.test(line) && !/logged in/.test(line));
  expect(warnings).toEqual([]);
}, 120_000);
