import { expect, test } from 'vitest';
import { loadSherpa } from '../../../../lib/engines/local/runtime/sherpa.ts';
import { runProgram } from '../../../support/run-program.ts';

const SHERPA = new URL('../../../../dist/engines/local/runtime/sherpa.js', import.meta.url).href;

test('loads the native library', async () => {
  expect((await loadSherpa()).Vad).toBeTypeOf('function');
});

test('explains what to do when the native library is not installed', async () => {
  await expect(loadSherpa('not-installed-here')).rejects.toMatchObject({
    code: 'E_ENGINE',
    message: expect.stringContaining('not-installed-here'),
    hint: expect.stringContaining('optional dependency'),
  });
});

test('finds the package and does not load its native library', async () => {
  const { lines } = await runProgram(`
    const { createRequire } = await import('node:module');
    const { findSherpa } = await import('${SHERPA}');
    console.log(await findSherpa());
    console.log(Object.keys(createRequire(import.meta.url).cache).filter((file) => file.endsWith('.node')).length);
  `);
  expect(lines).toEqual([expect.stringMatching(/sherpa-onnx-node.sherpa-onnx\.js$/), '0']);
});
