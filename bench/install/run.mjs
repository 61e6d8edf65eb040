import { spawnSync } from 'node:child_process';

/** Runs a program to its end and returns its standard output. Fails with all of its output when it fails. */
export function run(program, args, options) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', ...options });
  if (status === 0) return stdout;
  throw new Error(
    `${[program, ...args].join(' ')} failed: ${error ?? `exit code ${status}`}\n${stdout}${stderr}`,
  );
}
