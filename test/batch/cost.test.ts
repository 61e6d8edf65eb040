import { expect, it } from 'vitest';
import { estimateCost } from '../../lib/batch/cost.ts';

const HOUR = 3_600_000;

it('uses the price of the model in its region', () => {
  expect(estimateCost('cloud', HOUR, {})).toEqual({ amount: expect.closeTo(0.324), currency: 'USD' });
  const cn = { model: 'paraformer-realtime-v2', region: 'cn' } as const;
  const baseUrl = 'wss://dashscope.aliyuncs.com/api-ws/v1/inference';
  expect(estimateCost('cloud', HOUR, { baseUrl })).toEqual({
    amount: expect.closeTo(0.1692),
    currency: 'USD',
  });
  expect(estimateCost('cloud', HOUR, cn)).toEqual({ amount: expect.closeTo(0.864), currency: 'CNY' });
});

it.each([
  ['the local engine', 'local', {}],
  ['a model that is not in the list', 'cloud', { model: 'fun-asr-of-tomorrow' }],
  ['a model that the region has not', 'cloud', { model: 'paraformer-realtime-v2' }],
  ['a service of another provider', 'cloud', { baseUrl: 'wss://example.com/x' }],
] as const)('no price is known for %s', (_, engine, options) => {
  expect(estimateCost(engine, HOUR, options)).toBeUndefined();
});
