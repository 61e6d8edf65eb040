import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ABUSE_CASES } from '../../bench/abuse/abuse-cases.mjs';
import { runCase } from '../../bench/abuse/raw-websocket.mjs';
import { finishTask, runTask } from '../../lib/protocol/messages/client-actions.ts';
import { Client, running } from './client.ts';

const ID = '2bf83b9abaeb4fda8d9ae9e8c3a3d8f1';
const RUN = runTask(ID, 'fun-asr-realtime', { format: 'pcm', sample_rate: 16000 });

describe('a client that sends', () => {
  const answered = ABUSE_CASES.filter(({ code, status }) => code ?? status);

  it.each(answered.map((abuseCase) => [abuseCase.name, abuseCase] as const))(
    '%s is disconnected, and no other client',
    async (_, abuseCase) => {
      const service = await running({ partials: false, timers: { headersMs: 200 } });
      const good = await Client.connect(service);
      good.send(RUN, Buffer.alloc(16_000));
      const { code, status } = await runCase(service.port, abuseCase);
      expect({ code, status }).toEqual({ code: abuseCase.code, status: abuseCase.status ?? 101 });
      good.send(Buffer.alloc(16_000), finishTask(ID));
      await good.until('task-finished');
      expect(good.sentences).toMatchObject([{ text: 'Second 1.', begin_time: 0, end_time: 1000 }]);
    },
  );
});

it('valid clients get all their results while others send invalid data', async () => {
  const bench = fileURLToPath(new URL('../../bench/abuse.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [bench, '200']);
  expect(stdout).toMatch(
    /^200 invalid clients of \d+ kinds: [1-9]\d* correct transcripts of valid clients, 0 wrong; service alive/,
  );
});
