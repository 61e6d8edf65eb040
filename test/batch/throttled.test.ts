import { expect, it } from 'vitest';
import { recognise, recordings, run, service } from './run-batch.ts';

it('runs as many tasks at a time as the service accepts', async () => {
  const folder = await recordings('a.ogg', 'b.ogg', 'c.ogg', 'd.ogg', 'e.ogg', 'f.ogg');
  let running = 0;
  let refused = 0;
  const { url } = await service({
    async client(client) {
      await client.action('run-task');
      if (running === 2) {
        refused += 1;
        return client.fail('Throttling.Concurrency', 'Too many concurrent requests.');
      }
      running += 1;
      await recognise(client);
      running -= 1;
    },
  });
  const { report } = await run(url, {
    inputs: [folder],
    concurrency: 6,
    transcription: { retryDelayMs: 100 },
  });
  expect(report).toMatchObject({ done: 6, failed: 0 });
  // The first six are requested at once. After that, at most one that begins before the service has counted an end.
  expect(refused).toBeLessThanOrEqual(6);
});
