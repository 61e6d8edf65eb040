import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeEnvironment } from '../../../../lib/core/system/environment.ts';
import { runProgram } from '../../../support/run-program.ts';

const LOCAL = new URL('../../../../dist/engines/local/', import.meta.url).href;

/** Makes a configuration from a folder with models. In a folder that is missing, sherpa-onnx ends its process. */
const PROGRAM = `
  const { ChildRuntime } = await import('${LOCAL}runtime/child-runtime.js');
  const { findSherpa } = await import('${LOCAL}runtime/sherpa.js');
  const configuration = (folder) => ({
    featConfig: { sampleRate: 16000, featureDim: 80 },
    modelConfig: {
      moonshine: { encoder: folder + '/draft-encoder.onnx', mergedDecoder: folder + '/draft-decoder.onnx' },
      tokens: folder + '/tokens.txt',
      numThreads: 1,
      provider: 'cpu',
    },
  });
`;

describe('ChildRuntime', () => {
  it('does not receive key and proxy from the environment', () => {
    const env = { PATH: '/bin', DASHSCOPE_API_KEY: 'sk-canary', HTTPS_PROXY: 'http://user:pass@proxy' };
    expect(nodeEnvironment(env)).toEqual({ PATH: '/bin', ELECTRON_RUN_AS_NODE: '1' });
  });

  it('fails requests with E_ENGINE when it ends, and starts again with the next request, until it is closed', async () => {
    const { exitCode, lines } = await runProgram(`${PROGRAM}
      const runtime = new ChildRuntime(await findSherpa());
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const failure = await runtime.loadModel(configuration('/missing')).catch((error) => error);
        console.log(failure instanceof fun.FunAsrError, failure.code);
      }
      runtime.close();
      const closed = await runtime.loadModel(configuration('/missing')).catch((error) => error);
      console.log(closed.message);
    `);
    expect(lines).toEqual(['true E_ENGINE', 'true E_ENGINE', 'The local engine failed: it was closed']);
    expect(exitCode).toBe(0);
  });

  it('adds punctuation to a text, and fails when the model does not fit', async () => {
    const { exitCode, lines } = await runProgram(`${PROGRAM}
      const runtime = new ChildRuntime(await findSherpa());
      const load = (ctTransformer) =>
        runtime.loadPunctuation({ model: { ctTransformer, numThreads: 1, provider: 'cpu' } });
      const punctuation = await load('fixtures/models/punctuation/model.onnx');
      console.log(await punctuation.addMarks('你好我'));
      const failure = await load('/missing/model.onnx').catch((error) => error);
      console.log(failure.code);
      console.log(await punctuation.addMarks('我是你'));
      runtime.close();
    `);
    expect(lines).toEqual(['你好，我。', 'E_ENGINE', '我是？你。']);
    expect(exitCode).toBe(0);
  });

  it.runIf(process.platform === 'linux')('ends when its parent is killed', async () => {
    const { lines } = await runProgram(`${PROGRAM}
      const { readdirSync, readFileSync } = await import('node:fs');
      const { listModels } = await import('${LOCAL}../models/model-store.js');
      const { folder } = (await listModels()).find(({ name }) => name === 'moonshine-base');
      await new ChildRuntime(await findSherpa()).loadModel(configuration(folder));
      const parentOf = (pid) => {
        try {
          return readFileSync('/proc/' + pid + '/stat', 'utf8').split(') ')[1].split(' ')[1];
        } catch {
          return 'ended meanwhile';
        }
      };
      const children = readdirSync('/proc')
        .filter((name) => /^[0-9]+$/.test(name))
        .filter((pid) => parentOf(pid) === String(process.pid));
      console.log(children.join(' '));
      process.kill(process.pid, 'SIGKILL');
    `);
    expect(lines).toEqual([expect.stringMatching(/^\d+$/)]);
    await expect.poll(() => isRunning(lines[0] ?? ''), { timeout: 30_000 }).toBe(false);
  });
});

function isRunning(pid: string): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
