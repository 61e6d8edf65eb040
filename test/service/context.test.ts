import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, it } from 'vitest';
import { runTask } from '../../lib/protocol/messages/client-actions.ts';
import { recognize, type RecognizeOptions } from '../../lib/recognize.ts';
import { Client, running } from './client.ts';

const MODEL = 'qwen-audio-3.1-asr-flash-streaming';
const ID = '2bf83b9abaeb4fda8d9ae9e8c3a3d8f1';

/** Sends a second of audio to the local service. */
async function send(options: RecognizeOptions): Promise<unknown> {
  const { url } = await running();
  const stage = recognize({ baseUrl: url, maxRetries: 0, ...options });
  stage.resume();
  return await pipeline(Readable.from([Buffer.alloc(32_000)]), stage).then(
    () => 'finished',
    (error: unknown) => error,
  );
}

it('accepts the context of this client, and the most hot words that may be sent with a task', async () => {
  const words = Array.from({ length: 2000 }, (_, index) => [`Moonshine ${index}`, 4] as const);
  expect(await send({ model: MODEL, context: 'x'.repeat(400), vocabulary: Object.fromEntries(words) })).toBe(
    'finished',
  );
  expect(await send({ context: [{ role: 'user', content: [{ type: 'input_text', text: 'x' }] }] })).toBe(
    'finished',
  );
});

it('refuses hot words with a weight that is not documented', async () => {
  const client = await Client.connect(await running());
  client.send(runTask(ID, MODEL, { format: 'pcm', sample_rate: 16_000, vocabulary: { Moonshine: 7 } }));
  await client.closed;
  expect(client.received).toMatchObject([
    {
      header: {
        event: 'task-failed',
        error_code: 'InvalidParameter',
        error_message: expect.stringMatching(/^vocabulary must be .*"Moonshine" has 7/) as string,
      },
    },
  ]);
});
