import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const MODULE = fileURLToPath(new URL('../../../dist/cli/run/interruption.js', import.meta.url));

/** A program that prints the events of its interruption and never exits by itself. */
function endlessProgram(limits: string): { signalled: (...signals: NodeJS.Signals[]) => Promise<unknown> } {
  const program = `
    import { Interruption } from ${JSON.stringify(MODULE)};
    const interruption = new Interruption(() => console.log('notified'), () => console.log('exits'), ${limits});
    interruption.stop.onabort = () => console.log('stop', interruption.exitCode);
    interruption.signal.onabort = () => console.log('abort');
    setInterval(() => {}, 1000);
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    /** Sends each signal after the program has printed the previous event. Returns the events and the exit code. */
    async signalled(...signals) {
      const events: string[] = [];
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        events.push(...text.trim().split('\n'));
        if (events.at(-1) === 'ready' || events.at(-1) === 'notified') {
          const signal = signals.shift();
          if (signal) child.kill(signal);
        }
      });
      const [exitCode] = await once(child, 'close');
      return { events, exitCode };
    },
  };
}

const LONG = '{ graceMs: 600_000, endMs: 600_000 }';
const SHORT = '{ graceMs: 10, endMs: 10 }';

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s stops the work, then aborts it, then exits with %i', async (signal, code) => {
  expect(await endlessProgram(SHORT).signalled(signal)).toEqual({
    events: ['ready', `stop ${code}`, 'notified', 'abort'],
    exitCode: code,
  });
});

it('a second signal exits at once, with its own exit code', async () => {
  expect(await endlessProgram(LONG).signalled('SIGINT', 'SIGTERM')).toEqual({
    events: ['ready', 'stop 130', 'notified', 'exits'],
    exitCode: 143,
  });
});
