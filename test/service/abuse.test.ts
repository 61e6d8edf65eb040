import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { GARBAGE } from '../../bench/abuse/garbage.mjs';
import { talk } from '../../bench/abuse/raw-websocket.mjs';
import { finishTask, runTask } from '../../lib/protocol/messages/client-actions.ts';
import { Client, running } from './client.ts';

const ID = '2bf83b9abaeb4fda8d9ae9e8c3a3d8f1';
const RUN = runTask(ID, 'fun-asr-realtime', { format: 'pcm', sample_rate: 16000 });

describe('a client that sends', () => {
  const answered = GARBAGE.filter(({ code, status }) => code ?? status);

  it.each(answered.map((garbage) => [garbage.name, garbage] as const))(
    '%s is disconnected, and no other client',
    async (_, garbage) => {
      const service = await running({ partials: false, timers: { headersMs: 200 } });
      const good = await Client.connect(service);
      good.send(RUN, Buffer.alloc(16_000));
      const { code, status } = await talk(service.port, garbage);
      expect({ code, status }).toEqual({ code: garbage.code, status: garbage.status ?? 101 });
      good.send(Buffer.alloc(16_000), finishTask(ID));
      await good.until('task-finished');
      expect(good.sentences).toMatchObject([{ text: 'Second 1.', begin_time: 0, end_time: 1000 }]);
    },
  );
});

it('valid clients get all their results while others send garbage', async () => {
  const bench = fileURLToPath(new URL('../../bench/abuse.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [bench, '200']);
  expect(stdout).toMatch(/^200 garbage connections of \d+ kinds: [1-9]\d* .* right, 0 wrong; service alive/);
});
