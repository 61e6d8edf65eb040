import { expect, it } from 'vitest';
import { findModel, MODELS, sampleRateOf } from '../../lib/protocol/models.ts';

it('every model has a name of its own, a place where it is offered, and a price', () => {
  expect(new Set(MODELS.map(({ name }) => name)).size).toBe(MODELS.length);
  for (const { regions } of MODELS) {
    expect(Object.keys(regions).length).toBeGreaterThan(0);
    expect(Object.values(regions).every(({ perSecond }) => perSecond > 0)).toBe(true);
  }
});

it('a stable name costs and does what its snapshot does', () => {
  for (const model of MODELS.filter(({ snapshot }) => snapshot !== undefined)) {
    expect(findModel(model.snapshot ?? '')).toEqual({ ...model, name: model.snapshot, snapshot: undefined });
  }
  expect(findModel('fun-asr-realtime')?.snapshot).toBe('fun-asr-realtime-2025-11-07');
});

it('an hour costs what the official page says', () => {
  const hour = (name: string, region: 'intl' | 'cn') =>
    3600 * (findModel(name)?.regions[region]?.perSecond ?? 0);
  expect(hour('fun-asr-realtime', 'intl')).toBeCloseTo(0.324, 9);
  expect(hour('fun-asr-realtime', 'cn')).toBeCloseTo(0.1692, 9);
});

it('audio is sent at the rate of the model, and at 16 kHz where it takes any or is not known', () => {
  expect(
    ['fun-asr-realtime', 'fun-asr-flash-8k-realtime', 'paraformer-realtime-v2', 'new'].map(sampleRateOf),
  ).toEqual([16_000, 8000, 16_000, 16_000]);
});
