import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { priceOf, RunCosts, runCosts } from '../../lib/batch/cost.ts';
import { previewBatch } from '../../lib/batch/preview.ts';
import { ffmpeg } from '../audio/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { FIXTURES, recognise, recordings, run, service } from './run-batch.ts';

const PRICE = { perSecond: 0.01, currency: 'USD' } as const;
const taken = (billedSeconds: number) => ({ sentMs: 0, resentMs: 0, billedSeconds });

describe('the price', () => {
  it('is that of the model in its region', () => {
    expect(priceOf('cloud', {})).toEqual({ perSecond: 0.00009, currency: 'USD' });
    const baseUrl = 'wss://dashscope.aliyuncs.com/api-ws/v1/inference';
    expect(priceOf('cloud', { baseUrl })).toEqual({ perSecond: 0.000047, currency: 'USD' });
    expect(priceOf('cloud', { model: 'paraformer-realtime-v2', region: 'cn' })).toEqual({
      perSecond: 0.00024,
      currency: 'CNY',
    });
  });

  it('is that of the region that is named beside the address of a gateway', () => {
    const baseUrl = 'wss://gateway.example.com/x';
    expect(priceOf('cloud', { baseUrl, region: 'cn' })).toEqual({ perSecond: 0.000047, currency: 'USD' });
  });

  it.each([
    ['the local engine', 'local', {}],
    ['a model that is not in the list', 'cloud', { model: 'fun-asr-of-tomorrow' }],
    ['a model that the region has not', 'cloud', { model: 'paraformer-realtime-v2' }],
    ['a model that is billed per token', 'cloud', { model: 'qwen-audio-3.1-asr-flash-streaming' }],
    ['a service of another provider', 'cloud', { baseUrl: 'wss://example.com/x' }],
  ] as const)('is not known for %s', (_, engine, options) => {
    expect(priceOf(engine, options)).toBeUndefined();
  });

  it('can be given', () => {
    expect(priceOf('cloud', { model: 'fun-asr-of-tomorrow' }, 0.5)).toEqual({
      perSecond: 0.5,
      currency: 'USD',
    });
    expect(priceOf('local', {}, 0.5)).toBeUndefined();
  });
});

describe('a limit of the cost for a model that is billed per token', () => {
  const qwen = { model: 'qwen-audio-3.1-asr-flash-streaming', region: 'cn' } as const;

  it('is refused without a price of one second, because the tokens of a second are not known', () => {
    expect(() => runCosts('cloud', qwen, { maxCost: 1 }, 0)).toThrow(
      expect.objectContaining({
        code: 'E_OPTION',
        message: expect.stringMatching(
          /billed per token.*tokens in a second of audio is not documented/,
        ) as string,
        hint: expect.stringContaining('price') as string,
      }),
    );
    expect(runCosts('cloud', qwen, {}, 0).total).toMatchObject({ estimatedCost: null, cost: null });
  });

  it('holds with the price that the caller gives', async () => {
    const costs = runCosts('cloud', qwen, { maxCost: 1, price: 0.1 }, 0);
    await costs.reserve('a', 9000);
    await expect(costs.reserve('b', 2000)).rejects.toThrow(/would cost more/);
  });
});

describe('the cost of a run', () => {
  it('stays below its limit, and ends with the first recording that would pass it', async () => {
    const costs = new RunCosts(PRICE, { maxCost: 0.1 }, 0);
    await costs.reserve('a', 4000);
    await costs.reserve('b', 6000);
    await expect(costs.reserve('c', 1)).rejects.toThrow(expect.objectContaining({ code: 'E_COST_LIMIT' }));
    expect(costs.total).toMatchObject({ estimatedCost: expect.closeTo(0.1), cost: 0, currency: 'USD' });
  });

  it('is what the service has counted, once a recording has ended', async () => {
    const costs = new RunCosts(PRICE, { maxCost: 0.1 }, 0);
    (await costs.reserve('a', 8000))(taken(3));
    (await costs.reserve('b', 7000))(taken(7));
    await expect(costs.reserve('c', 1)).rejects.toThrow(/would cost more/);
    expect(costs.total).toMatchObject({ estimatedCost: expect.closeTo(0.15), cost: expect.closeTo(0.1) });
  });

  it('begins after the free quota, as far as earlier runs have left it', async () => {
    const costs = new RunCosts(PRICE, { freeQuota: 10, maxCost: 0.05 }, 4);
    (await costs.reserve('a', 10_000))(taken(10));
    expect(costs.total.cost).toBeCloseTo(0.04);
    await expect(costs.reserve('b', 2000)).rejects.toThrow(/would cost more/);
  });

  it('stops at the end of a free quota also when no price is known', async () => {
    const costs = new RunCosts(undefined, { freeQuota: 10 }, 4);
    await costs.reserve('a', 6000);
    await expect(costs.reserve('b', 1)).rejects.toThrow(/would cost more/);
    expect(costs.total.cost).toBeNull();
  });

  it('is nothing with a free quota alone', async () => {
    const costs = new RunCosts(PRICE, { freeQuota: 10 }, 0);
    await costs.reserve('a', 10_000);
    await expect(costs.reserve('b', 1)).rejects.toThrow(/would cost more/);
  });

  it('reserves whole seconds, as the service counts them', async () => {
    const costs = new RunCosts(PRICE, { maxCost: 0.04 }, 0);
    await costs.reserve('a', 1050);
    await costs.reserve('b', 1050);
    await expect(costs.reserve('c', 1050)).rejects.toThrow(/would cost more/);
  });

  it('counts the audio that was sent where the length was not known', async () => {
    const costs = new RunCosts(PRICE, {}, 0);
    (await costs.reserve('-', undefined))({ sentMs: 3000, resentMs: 1000, billedSeconds: 3 });
    expect(costs.total).toMatchObject({ estimatedCost: expect.closeTo(0.02), cost: expect.closeTo(0.03) });
  });
});

describe('a run with a limit', () => {
  /** A service that counts what it is sent. */
  const counting = () => service({ client: recognise });

  it('begins no recording that passes it, and goes on later', async () => {
    const folder = await recordings('a.ogg', 'b.ogg', 'c.ogg');
    const { url, clients } = await counting();
    // Each is 3.29 s long, and the service counts 1 s.
    const limits = { price: 1, maxCost: 5, concurrency: 1 };
    const { report, results } = await run(url, { inputs: [folder], ...limits });
    expect(results.map(({ status, error }) => error?.code ?? status)).toEqual([
      'done',
      'done',
      'E_COST_LIMIT',
    ]);
    expect(report).toMatchObject({ done: 2, failed: 1, cost: 2, currency: 'USD' });
    expect(report.estimatedCost).toBeCloseTo(6.58, 1);
    expect(clients).toHaveLength(2);
    const next = await run(url, { inputs: [folder], ...limits });
    expect(next.report).toMatchObject({ done: 1, skipped: 2, failed: 0, cost: 1 });
  });

  it('uses the free quota up, over several runs', async () => {
    const folder = await recordings('a.ogg', 'b.ogg', 'c.ogg');
    const { url, clients } = await counting();
    const limits = { price: 1, freeQuota: 8, concurrency: 1 };
    await run(url, { inputs: [join(folder, 'a.ogg')], ...limits });
    await run(url, { inputs: [folder], ...limits });
    const { report } = await run(url, { inputs: [folder], ...limits });
    expect(report).toMatchObject({ done: 0, skipped: 2, failed: 1, cost: 0 });
    expect(clients).toHaveLength(2);
  });

  it('does not believe a header that states less than there is', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.mp3');
    await ffmpeg('-f', 'lavfi', '-i', 'sine=d=2', path);
    await ffmpeg('-f', 'lavfi', '-i', 'sine=d=60', '-write_xing', '0', '-id3v2_version', '0', `${path}2.mp3`);
    await writeFile(path, Buffer.concat([await readFile(path), await readFile(`${path}2.mp3`)]));
    const { url, clients } = await counting();
    const { results } = await run(url, { inputs: [path], price: 1, maxCost: 10 });
    expect(results[0]?.error?.code).toBe('E_COST_LIMIT');
    expect(clients).toEqual([]);
  });

  it('sends no more of standard input than it allows', async () => {
    const folder = await temporaryFolder();
    const { url } = await counting();
    const stdin = createReadStream(join(FIXTURES, 'himself.ogg'));
    const { report, results } = await run(url, {
      inputs: ['-'],
      outputDir: folder,
      stdin,
      price: 1,
      maxCost: 2,
    });
    expect(results[0]?.error?.code).toBe('E_COST_LIMIT');
    expect(report.sentSeconds).toBeLessThanOrEqual(2);
  });

  it('is refused when no price is known', async () => {
    const folder = await recordings('a.ogg');
    const { url } = await counting();
    await expect(run(url, { inputs: [folder], maxCost: 1 })).rejects.toMatchObject({
      code: 'E_OPTION',
      message: expect.stringContaining('no price is known for fun-asr-realtime'),
    });
  });

  it('is known in a preview', async () => {
    const folder = await temporaryFolder();
    for (const name of ['leisure.wav', 'himself.ogg'])
      await copyFile(join(FIXTURES, name), join(folder, name));
    const options = { inputs: [folder], transcription: { engine: 'cloud' }, price: 1, maxCost: 4 } as const;
    const seen = [];
    for await (const preview of previewBatch(options, () => {})) seen.push(preview);
    expect(seen).toMatchObject([
      { action: 'transcribe', estimatedCost: expect.closeTo(3.29, 1) },
      { action: 'fail', error: { code: 'E_COST_LIMIT' } },
      { type: 'summary', recordings: 2, estimatedCost: expect.closeTo(3.29, 1), currency: 'USD' },
    ]);
  });
});
