import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finishTask, runTask } from '../../lib/protocol/messages/client-actions.ts';
import type { Engine } from '../../lib/service/engine.ts';
import { openLocalEngine } from '../../lib/engines/local/local-engine.ts';
import type { Service } from '../../lib/service/service.ts';
import { Client, running } from './client.ts';
import { bare } from '../engines/local/recording.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await openLocalEngine();
});

afterAll(() => engine.close());

const LEISURE =
  'and mr john dashwood had then leisure to consider how much there might be prudently in his power to do for them';
const YOUNG_MAN = 'he was not an ill disposed young man';
const HIMSELF = 'he might even have been made amiable himself';

/**
 * Sends a file without decoding it, as `call()` of the official Python SDK does. Returns the words of the final
 * sentences.
 */
async function call(service: Service, fixture: string, format: string, id: string): Promise<string> {
  const client = await Client.connect(service);
  client.send(runTask(id, 'fun-asr-realtime', { format, sample_rate: 16_000, stream: true }));
  await client.until('task-started');
  const bytes = await readFile(`fixtures/${fixture}`);
  for (let at = 0; at < bytes.length; at += 12_800) client.send(bytes.subarray(at, at + 12_800));
  client.send(finishTask(id));
  await client.until('task-finished');
  client.socket.close();
  return bare(client.sentences.map(({ text }) => String(text)).join(' '));
}

const idOf = (n: number) => String(n).padStart(32, '0');

describe('the local service with the local engine', () => {
  it.each([
    ['leisure.wav', 'wav', LEISURE],
    ['ill-disposed.mp3', 'mp3', YOUNG_MAN],
    ['himself.ogg', 'opus', HIMSELF],
  ])('recognises %s without conversion by the client', async (fixture, format, words) => {
    const service = await running({ engine, partials: false });
    expect(await call(service, fixture, format, idOf(1))).toBe(words);
  });

  it('returns its own words to each of eight clients at the same time', async () => {
    const service = await running({ engine, partials: false });
    const fixtures = [
      ['ill-disposed.mp3', 'mp3', YOUNG_MAN],
      ['himself.ogg', 'opus', HIMSELF],
    ] as const;
    const calls = Array.from({ length: 8 }, async (_, n) => {
      const [fixture, format, words] = fixtures[n % 2] ?? fixtures[0];
      return [await call(service, fixture, format, idOf(n)), words];
    });
    for (const [recognised, words] of await Promise.all(calls)) expect(recognised).toBe(words);
  });

  it('measures silence in real audio, and ends it with speech', async () => {
    const service = await running({ engine, partials: false, timers: { silenceMs: 3000 } });
    const silent = await Client.connect(service);
    silent.send(runTask(idOf(1), 'm', { format: 'pcm', sample_rate: 16_000 }));
    for (let n = 0; n < 32; n += 1) silent.send(Buffer.alloc(3200));
    await silent.closed;
    expect(silent.received.at(-1)?.header.error_code).toBe('ResponseTimeout');
    // The seven seconds of speech contain no silence of this length.
    expect(await call(service, 'leisure.wav', 'wav', idOf(2))).toBe(LEISURE);
  });
});
