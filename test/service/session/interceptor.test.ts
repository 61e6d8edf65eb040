import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { finishTask, runTask } from '../../../lib/protocol/messages/client-actions.ts';
import type { SessionParts, Interceptor } from '../../../lib/service/session/interceptor.ts';
import { countingEngine } from '../../support/counting-engine.ts';
import { Client, running } from '../client.ts';

const ID = '0123456789abcdef0123456789abcdef';

/** Requests an upgrade. Returns the status of the answer and its `Retry-After`. */
async function attempt(url: string): Promise<[status: number, retryAfter: string | undefined]> {
  const socket = new WebSocket(url);
  return await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => {
      socket.terminate();
      resolve([101, undefined]);
    });
    socket.once('unexpected-response', (request, { statusCode = 0, headers }) => {
      request.destroy();
      resolve([statusCode, headers['retry-after']]);
    });
  });
}

describe('an interceptor', () => {
  it('may refuse a client that the service would accept', async () => {
    const rejection = { status: 429, code: 'Throttling', message: 'Later.', retryAfterSeconds: 3 };
    const { url } = await running({ interceptor: { admit: () => rejection } });
    expect(await attempt(url)).toEqual([429, '3']);
  });

  it('is not called for a client that the service refuses', async () => {
    let calls = 0;
    const admit = () => {
      calls += 1;
      return undefined;
    };
    const { url } = await running({ token: 'right', interceptor: { admit } });
    expect(await attempt(url)).toEqual([401, undefined]);
    expect(calls).toBe(0);
    expect(await attempt(`${url}?api_key=right`)).toEqual([101, undefined]);
    expect(calls).toBe(1);
  });

  it('may leave a client without an answer, and the service can still be closed', async () => {
    let onCall = () => {};
    const called = new Promise<void>((resolve) => {
      onCall = resolve;
    });
    const admit = () => {
      onCall();
      return 'ignore' as const;
    };
    const service = await running({ interceptor: { admit } });
    const socket = new WebSocket(service.url);
    const failed = new Promise<Error>((resolve) => socket.once('error', resolve));
    await called;
    expect(socket.readyState).toBe(socket.CONNECTING);
    await service.close();
    expect((await failed).message).toBe('socket hang up');
  });

  it('may change the messages of both sides, and the engine', async () => {
    const interceptor: Interceptor = {
      connect: ({ link }: SessionParts) => ({
        engine: countingEngine(),
        link: {
          onMessage: (take) =>
            link.onMessage((message) =>
              take(typeof message === 'string' ? message : message.subarray(0, 16_000)),
            ),
          onClose: (end) => link.onClose(end),
          send: (message, written) => link.send(String(message).replaceAll('Second', 'Changed'), written),
          pause: () => link.pause(),
          resume: () => link.resume(),
          close: (code) => link.close(code),
          destroy: () => link.destroy(),
          reset: () => link.reset(),
        },
      }),
    };
    const service = await running({
      engine: countingEngine({ ignoresSpeech: true }),
      interceptor,
      partials: false,
    });
    const client = await Client.connect(service);
    client.send(runTask(ID, 'fun-asr-realtime', { format: 'pcm', sample_rate: 16_000 }));
    for (let frame = 0; frame < 4; frame += 1) client.send(Buffer.alloc(32_000));
    client.send(finishTask(ID));
    await client.until('task-finished');
    expect(client.sentences.map(({ text }) => text)).toEqual(['Changed 1.', 'Changed 2.']);
  });
});
