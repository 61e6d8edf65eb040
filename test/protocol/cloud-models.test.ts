import { expect, it } from 'vitest';
import { findCloudModel, CLOUD_MODELS, cloudModelSampleRate } from '../../lib/protocol/cloud-models.ts';

it('every model has a unique name, and a region with a price', () => {
  expect(new Set(CLOUD_MODELS.map(({ name }) => name)).size).toBe(CLOUD_MODELS.length);
  for (const { regions } of CLOUD_MODELS) {
    expect(Object.keys(regions).length).toBeGreaterThan(0);
    expect(Object.values(regions).every(({ perSecond }) => perSecond > 0)).toBe(true);
  }
});

it('a stable name has the same price and properties as its snapshot', () => {
  for (const model of CLOUD_MODELS.filter(({ snapshot }) => snapshot !== undefined)) {
    expect(findCloudModel(model.snapshot ?? '')).toEqual({
      ...model,
      name: model.snapshot,
      snapshot: undefined,
    });
  }
  expect(findCloudModel('fun-asr-realtime')?.snapshot).toBe('fun-asr-realtime-2025-11-07');
});

it('the price of an hour is that of the official page', () => {
  const hour = (name: string, region: 'intl' | 'cn') =>
    3600 * (findCloudModel(name)?.regions[region]?.perSecond ?? 0);
  expect(hour('fun-asr-realtime', 'intl')).toBeCloseTo(0.324, 9);
  expect(hour('fun-asr-realtime', 'cn')).toBeCloseTo(0.1692, 9);
});

it('the sample rate is that of the model, and 16 kHz when the model supports any or is unknown', () => {
  expect(
    ['fun-asr-realtime', 'fun-asr-flash-8k-realtime', 'paraformer-realtime-v2', 'new'].map(
      cloudModelSampleRate,
    ),
  ).toEqual([16_000, 8000, 16_000, 16_000]);
});
