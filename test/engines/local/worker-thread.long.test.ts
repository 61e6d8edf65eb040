import { describe, expect, it } from 'vitest';
import { runProgram } from '../../support/run-program.ts';

const FIXTURES = new URL('../../../fixtures/', import.meta.url).pathname;
const INDEX = new URL('../../../dist/index.js', import.meta.url).href;

/** Two sentences, as 16 kHz mono PCM. */
const PCM = `Buffer.concat([
  ...(await fun.decodeFile('${FIXTURES}ill-disposed.mp3').toArray()),
  Buffer.alloc(48_000),
  ...(await fun.decodeFile('${FIXTURES}amiable.m4a').toArray()),
])`;

/** The program of the worker threads. It posts what it does, and exits at a moment that it is given. */
const WORKER = `
  import { parentPort, workerData } from 'node:worker_threads';
  import * as fun from '${INDEX}';
  const reach = (moment) => {
    parentPort.postMessage(moment);
    if (workerData.exitAt === moment) process.exit(3);
  };
  const pcm = ${PCM};
  const opening = fun.openLocalEngine();
  reach('opening');
  const engine = await opening;
  let text = '';
  const onSentence = (sentence) => {
    text += sentence.text + ' ';
    reach('sentence');
  };
  const stream = engine.open({ maxSentenceSilence: 800, partials: false, onSentence });
  const writing = stream.write(pcm);
  setImmediate(() => reach('recognising'));
  await writing;
  await stream.end();
  await engine.close();
  parentPort.postMessage({ text });
`;

const START = `
  import { on, once } from 'node:events';
  import { Worker } from 'node:worker_threads';
  const start = (workerData) =>
    new Worker(new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(WORKER)})), { workerData });
  const MOMENTS = ['opening', 'recognising', 'sentence'];
`;

describe('the local engine in a worker thread', () => {
  it('recognises the same words as in the main thread, and lets the worker end', async () => {
    const { exitCode, lines } = await runProgram(`${START}
      const worker = start({});
      let inWorker;
      worker.on('message', ({ text }) => (inWorker = text ?? inWorker));
      console.log(await once(worker, 'exit').then(([code]) => code));
      let inMain = '';
      const engine = await fun.openLocalEngine();
      const onSentence = ({ text }) => (inMain += text + ' ');
      const stream = engine.open({ maxSentenceSilence: 800, partials: false, onSentence });
      await stream.write(${PCM});
      await stream.end();
      console.log(inMain.includes('young man'), inWorker === inMain);
    `);
    expect(lines).toEqual(['0', 'true true']);
    expect(exitCode).toBe(0);
  });

  it('survives worker.terminate() at any moment', async () => {
    const { exitCode, lines } = await runProgram(`${START}
      for (const moment of MOMENTS) {
        const worker = start({});
        for await (const [message] of on(worker, 'message')) if (message === moment) break;
        await worker.terminate();
        console.log(moment);
      }
      console.log('alive');
    `);
    expect(lines).toEqual(['opening', 'recognising', 'sentence', 'alive']);
    expect(exitCode).toBe(0);
  });

  it.runIf(process.platform === 'linux')(
    'transcribes everything although its child process is killed',
    async () => {
      const killing = `
      import { readdirSync, readFileSync } from 'node:fs';
      import { parentPort } from 'node:worker_threads';
      import * as fun from '${INDEX}';
      const isDecoder = (pid) => {
        try {
          const [, state, parent] = /\\) (\\w) (\\d+) /.exec(readFileSync('/proc/' + pid + '/stat', 'utf8')) ?? [];
          const command = readFileSync('/proc/' + pid + '/cmdline', 'utf8');
          return state !== 'Z' && parent === String(process.pid) && command.includes('sherpa');
        } catch {
          return false;
        }
      };
      const reasons = [];
      let text = '';
      let killing;
      // Idle, the process is replaced in silence: it is killed until it has work.
      const kill = () => {
        for (const pid of readdirSync('/proc').filter(isDecoder)) process.kill(Number(pid), 'SIGKILL');
      };
      const transcription = fun.transcribe('${FIXTURES}ill-disposed.mp3', {
        engine: 'local',
        onProgress: () => (killing ??= setInterval(kill, 10)),
        onReconnect({ reason }) {
          clearInterval(killing);
          reasons.push(reason.code + ' ' + reason.message);
        },
      });
      for await (const sentence of transcription) text += sentence.text;
      parentPort.postMessage([...reasons, text]);
    `;
      const { lines } = await runProgram(`
      import { once } from 'node:events';
      import { Worker } from 'node:worker_threads';
      const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(killing)})));
      const [reported] = await once(worker, 'message');
      for (const line of reported) console.log(line);
    `);
      expect(lines).toEqual([
        'E_ENGINE The local engine failed: its process ended with SIGKILL',
        expect.stringContaining('young man'),
      ]);
    },
  );

  it('survives process.exit() in the worker at any moment', async () => {
    const { exitCode, lines } = await runProgram(`${START}
      for (const moment of MOMENTS) {
        const [code] = await once(start({ exitAt: moment }), 'exit');
        console.log(moment, code);
      }
      console.log('alive');
    `);
    expect(lines).toEqual(['opening 3', 'recognising 3', 'sentence 3', 'alive']);
    expect(exitCode).toBe(0);
  });
});
