import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MODULE = new URL('../../../dist/cli/terminal/pull-display.js', import.meta.url).href;

/** What a download shows on a stderr that is no terminal. */
async function shown(received: readonly number[]): Promise<string[]> {
  const program = `
    const { pullDisplay } = await import(${JSON.stringify(MODULE)});
    const pulling = pullDisplay();
    for (const receivedBytes of ${JSON.stringify(received)}) {
      pulling.onProgress({ model: 'moonshine-base', receivedBytes, totalBytes: 73e6 });
    }
    pulling.close();
    pulling.close();`;
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  return stderr.split('\n').filter(Boolean);
}

it('a download is a line now and then, and the last one is where it ended', async () => {
  expect(await shown([1e6, 67e6, 67e6, 73e6])).toEqual([
    'downloading the model moonshine-base: 1 of 73 MB',
    'downloading the model moonshine-base: 73 of 73 MB',
  ]);
});

it('nothing is said twice, and nothing at all where nothing is downloaded', async () => {
  expect(await shown([73e6, 73e6])).toHaveLength(1);
  expect(await shown([])).toEqual([]);
});
