// One run of losses.mjs: one client against one service, each in a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { compare } from '../../dist/testing/index.js';
import { scriptOf } from './schedules.mjs';

const SERVICE = new URL('service.mjs', import.meta.url).pathname;

/**
 * What became of the sentences of a script, what the user was told, and whether the client came to its end.
 * @param client Its `command`, `script` and `env`; the script is given the URL and then `audio`.
 * @param limitMs When it is ended.
 */
export async function outcomeOf({ command, script, env }, { seed, faults, limitMs, audio }) {
  const service = spawn(process.execPath, [SERVICE, String(seed), faults], {
    // It ends with its input, whatever becomes of this process.
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const fired = [];
    const lines = createInterface({ input: service.stdout });
    const [url] = await once(lines, 'line');
    lines.on('line', (fault) => fired.push(fault));
    const heard = await listen(command, [script, url, ...audio], { env, limitMs });
    if (faults !== '' && fired.length === 0) {
      throw new Error(`${script}: ${faults} did not happen: ${heard.complaints.join(' ')}`);
    }
    const spoken = scriptOf(seed);
    return { ...heard, total: spoken.sentences.length, ...compare(spoken, heard.sentences) };
  } finally {
    service.kill();
  }
}

async function listen(command, args, { env, limitMs }) {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const said = output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const isHung = child.killed;
  const complaints = said.flatMap(({ complaint }) => complaint ?? []);
  // A program that dies of an exception has told its user, too.
  if (!isHung && code !== 0) complaints.push(/^\S*Error.*$/m.exec(errors)?.[0] ?? errors.trim());
  return { sentences: said.filter(({ complaint }) => complaint === undefined), complaints, isHung };
}
