import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

const INDEX = new URL('../../dist/index.js', import.meta.url).href;
const TESTING = new URL('../../dist/testing/index.js', import.meta.url).href;

/** Runs a program in another process. It can use the built package as `fun` and its testing entry as `testing`. */
export async function runProgram(program: string): Promise<{ exitCode: number | null; lines: string[] }> {
  const imports = `import * as fun from '${INDEX}'; import * as testing from '${TESTING}';`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', `${imports}\n${program}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, lines: output.split('\n').filter(Boolean) };
}
