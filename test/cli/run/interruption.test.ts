import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const MODULE = fileURLToPath(new URL('../../../dist/cli/run/interruption.js', import.meta.url));

/** A program that says what its interruption does, and never ends by itself. */
function stubborn(limits: string): { signalled: (...signals: NodeJS.Signals[]) => Promise<unknown> } {
  const program = `
    import { Interruption } from ${JSON.stringify(MODULE)};
    const interruption = new Interruption(() => console.log('told'), ${limits});
    interruption.stop.onabort = () => console.log('stop', interruption.exitCode);
    interruption.signal.onabort = () => console.log('abort');
    setInterval(() => {}, 1000);
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    /** Sends each signal when the one before was heard. Gives what was said, and how it ended. */
    async signalled(...signals) {
      const said: string[] = [];
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said.push(...text.trim().split('\n'));
        if (said.at(-1) === 'ready' || said.at(-1) === 'told') {
          const signal = signals.shift();
          if (signal) child.kill(signal);
        }
      });
      const [exitCode] = await once(child, 'close');
      return { said, exitCode };
    },
  };
}

const PATIENT = '{ graceMs: 600_000, endMs: 600_000 }';
const SHORT = '{ graceMs: 10, endMs: 10 }';

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  'after %s work is stopped, then dropped, and at last the program ended with %i',
  async (signal, code) => {
    expect(await stubborn(SHORT).signalled(signal)).toEqual({
      said: ['ready', `stop ${code}`, 'told', 'abort'],
      exitCode: code,
    });
  },
);

it('the second signal ends the program on the spot, with its own exit code', async () => {
  expect(await stubborn(PATIENT).signalled('SIGINT', 'SIGTERM')).toEqual({
    said: ['ready', 'stop 130', 'told'],
    exitCode: 143,
  });
});
