import { expect, it } from 'vitest';
import { CLOUD_MODELS } from '../../../lib/protocol/cloud-models.ts';
import { cli, jsonLines } from '../run-cli.ts';

it('fun-asr models lists every cloud model with languages and prices', async () => {
  const { stdout } = await cli(['models']);
  for (const { name } of CLOUD_MODELS) expect(stdout).toContain(name);
  expect(stdout).toMatch(/^fun-asr-realtime +16000 Hz +zh en ja +0\.324 USD/m);
});

it('fun-asr models --json prints the same list as JSON', async () => {
  expect(jsonLines((await cli(['models', '--json'])).stdout)).toEqual(CLOUD_MODELS);
});
