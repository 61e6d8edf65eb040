import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSherpa } from '../../../lib/engines/local/sherpa.ts';
import { temporaryFolder } from '../models/registry.ts';

test('the native library is found', () => {
  expect(loadSherpa().Vad).toBeTypeOf('function');
});

test('where the native library is not installed, the error says what to do', async () => {
  const elsewhere = join(await temporaryFolder(), 'module.js');

  expect(() => loadSherpa(elsewhere)).toThrow(
    expect.objectContaining({
      code: 'E_ENGINE',
      message: expect.stringContaining("Cannot find module 'sherpa-onnx-node'"),
      hint: expect.stringContaining('optional dependency'),
    }),
  );
});
