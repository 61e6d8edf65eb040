// One run of losses.mjs: a client and a service, each in its own process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { compare } from '../../dist/testing/index.js';
import { scriptOf } from './schedules.mjs';

const SERVICE = new URL('service.mjs', import.meta.url).pathname;

/**
 * Runs a client. Returns the comparison with the script, the errors that the user learned of, and whether the client hung.
 * @param client `command`, `script` and `env`. The arguments of the script are the URL and then `audio`.
 * @param limitMs Time after which the client is killed.
 */
export async function outcomeOf({ command, script, env }, { seed, faults, limitMs, audio }) {
  const service = spawn(process.execPath, [SERVICE, String(seed), faults], {
    // The service exits at the end of its standard input, even if this process is killed.
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const fired = [];
    const lines = createInterface({ input: service.stdout });
    const [url] = await once(lines, 'line');
    lines.on('line', (fault) => fired.push(fault));
    const output = await runClient(command, [script, url, ...audio], { env, limitMs });
    if (faults !== '' && fired.length === 0) {
      throw new Error(`${script}: ${faults} did not fire: ${output.errors.join(' ')}`);
    }
    const expected = scriptOf(seed);
    return { ...output, total: expected.sentences.length, ...compare(expected, output.sentences) };
  } finally {
    service.kill();
  }
}

async function runClient(command, args, { env, limitMs }) {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const lines = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const isHung = child.killed;
  const errors = lines.flatMap(({ error }) => error ?? []);
  // An exception that ends the program is an error that the user learns of.
  if (!isHung && code !== 0) errors.push(/^\S*Error.*$/m.exec(stderr)?.[0] ?? stderr.trim());
  return { sentences: lines.filter(({ error }) => error === undefined), errors, isHung };
}
