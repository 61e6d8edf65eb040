import { expect, it, onTestFinished } from 'vitest';
import type { Script } from '../../lib/testing/audio/script.ts';
import { startTestService } from '../../lib/testing/test-service.ts';
import { runProgram } from '../support/run-program.ts';
import { startScriptedService } from '../support/scripted-service.ts';

/** There is speech whenever the process is busy. */
const SCRIPT: Script = {
  durationMs: 8000,
  sentences: [0, 2000, 4000, 6000].map((at) => ({ begin_time: at + 100, end_time: at + 1650 })),
};

/** Recognises with limits that are shorter than the time for which the process is blocked repeatedly. */
const CLIENT = (url: string, blocks: string) => `
  import { channel } from 'node:diagnostics_channel';
  import { Readable } from 'node:stream';
  import { pipeline } from 'node:stream/promises';
  import { setTimeout as wait } from 'node:timers/promises';

  const limits = {
    connectTimeoutMs: 5000, startTimeoutMs: 150, stallTimeoutMs: 150, pingIntervalMs: 50, resultTimeoutMs: 150,
    finishTimeoutMs: 150, retryDelayMs: 5,
  };
  const script = ${JSON.stringify(SCRIPT)};
  let blocked = 0;
  function block() {
    blocked += 1;
    const end = performance.now() + 300;
    while (performance.now() < end);
  }
  channel('fun-asr-streams:wire').subscribe(({ direction, text }) => {
    if (direction === 'sent' && text !== undefined && ${blocks}) process.nextTick(block);
  });
  async function* source() {
    for (let at = 0; at < script.durationMs; at += 100) {
      yield testing.renderAudio(script, at * 16, (at + 100) * 16);
      if (at % 2000 === 1500) block();
      else await wait(1);
    }
  }
  const stage = fun.recognize({ ...limits, baseUrl: '${url}', maxSentenceSilence: 300 });
  let reconnects = 0;
  stage.on('reconnect', ({ reason }) => console.log(reason.message));
  const finals = [];
  stage.on('data', (sentence) => sentence.sentence_end && finals.push(sentence));
  await pipeline(Readable.from(source()), stage);
  console.log(blocked + ' times blocked, exact: ' + testing.compare(script, finals).isExact);
`;

it('a process that is busy for longer than all limits fails no task', async () => {
  await using service = await startTestService({ script: SCRIPT });
  const { lines } = await runProgram(CLIENT(service.url, 'true'));
  // Four times while it sends, after run-task and after finish-task.
  expect(lines).toEqual(['6 times blocked, exact: true']);
});

it('a process that is busy does not fail the task of a service without pongs that has answered speech', async () => {
  const service = await startScriptedService({
    async client(client) {
      client.ignorePings();
      client.socket.on('message', (_, isBinary) => {
        if (isBinary) client.partial('Yes', 100);
      });
      await client.startTask();
      await client.finishTask();
    },
  });
  onTestFinished(() => service.close());
  const { lines } = await runProgram(CLIENT(service.url, 'false'));
  expect(lines).toEqual(['4 times blocked, exact: false']);
});

it('a process that is busy waits for the results of a service that processes audio slowly', async () => {
  // A task is finished after about nine and a half minutes of loud audio, unless a final sentence arrives.
  const BUSY_AFTER_BYTES = 565 * 32_000;
  const service = await startScriptedService({
    async client(client) {
      await client.startTask();
      await client.audioBytes(32_000);
      const results = setInterval(() => client.partial('Half', 0), 100);
      await client.audioBytes(BUSY_AFTER_BYTES);
      clearInterval(results);
      client.final('Half of it.', 0, 300_000);
      await client.finishTask();
    },
  });
  onTestFinished(() => service.close());
  const { lines } = await runProgram(`
    import { channel } from 'node:diagnostics_channel';
    import { Readable } from 'node:stream';
    let bytes = 0;
    let tasks = 0;
    channel('fun-asr-streams:wire').subscribe(({ direction, text, audioBytes }) => {
      if (direction !== 'sent') return;
      if (text?.includes('run-task')) tasks += 1;
      bytes += audioBytes ?? 0;
      if (bytes < ${BUSY_AFTER_BYTES}) return;
      bytes = -Infinity;
      const end = performance.now() + 2500;
      while (performance.now() < end);
    });
    const second = Buffer.from(new Int16Array(16_000).fill(1000).buffer);
    const limits = { pingIntervalMs: 5000, stallTimeoutMs: 5000, finishTimeoutMs: 5000, resultTimeoutMs: 20_000 };
    const stage = fun.recognize({ ...limits, baseUrl: '${service.url}' });
    await Readable.from(Array(620).fill(second)).pipe(stage).toArray();
    console.log(bytes === -Infinity, tasks);
  `);
  expect(lines).toEqual(['true 1']);
});
