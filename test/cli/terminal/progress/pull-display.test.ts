import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MODULE = new URL('../../../../dist/cli/terminal/progress/pull-display.js', import.meta.url).href;

/** The lines that a download prints on a stderr that is not a terminal. */
async function printed(received: readonly number[]): Promise<string[]> {
  const program = `
    const { pullDisplay } = await import(${JSON.stringify(MODULE)});
    const display = pullDisplay();
    for (const receivedBytes of ${JSON.stringify(received)}) {
      display.onProgress({ model: 'moonshine-base', receivedBytes, totalBytes: 73e6 });
    }
    display.close();
    display.close();`;
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  return stderr.split('\n').filter(Boolean);
}

it('prints the first and the last state of a fast download', async () => {
  expect(await printed([1e6, 67e6, 67e6, 73e6])).toEqual([
    'downloading model moonshine-base: 1 of 73 MB',
    'downloading model moonshine-base: 73 of 73 MB',
  ]);
});

it('prints no line twice, and nothing without a download', async () => {
  expect(await printed([73e6, 73e6])).toHaveLength(1);
  expect(await printed([])).toEqual([]);
});
