import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { cli, FIXTURES } from '../../run-cli.ts';

const MAIN = fileURLToPath(new URL('../../../../dist/cli/main.js', import.meta.url));
const QUESTION = 'Download the model sense-voice (240 MB, license: FunASR Model';

async function missing(): Promise<{ args: string[]; env: Record<string, string> }> {
  const folder = await temporaryFolder();
  const args = [
    'transcribe',
    `${FIXTURES}himself.ogg`,
    '-o',
    folder,
    '--language',
    'zh',
    '--engine',
    'local',
  ];
  // Nothing can be downloaded.
  const env = {
    XDG_CACHE_HOME: folder,
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_fetch_retries: '0',
  };
  return { args, env };
}

it('names the command and the size of a missing model, and asks nothing, without a terminal', async () => {
  const { args, env } = await missing();
  const { exitCode, stderr } = await cli(args, { env });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/`fun-asr engine pull sense-voice` \(240 MB.*\[E_MODEL_MISSING\]\n$/);
  expect(stderr).not.toContain(QUESTION);
});

// The program script of other systems has other flags.
it.runIf(process.platform === 'linux').each([
  { answer: 'n', begins: false },
  { answer: 'y', begins: true },
])('asks on a terminal whether to download a missing model: $answer', async ({ answer, begins }) => {
  const { args, env } = await missing();
  const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], { env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (!shown.includes('[y/N]') && (shown + text).includes('[y/N]')) child.stdin.write(`${answer}\n`);
    shown += text;
  });
  const [exitCode] = (await once(child, 'close')) as [number];
  expect(shown).toContain(QUESTION);
  expect(shown.includes('sense-voice: license:')).toBe(begins);
  expect(exitCode).toBe(2);
});
