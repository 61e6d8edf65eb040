import { expect, it } from 'vitest';
import {
  CLOUD_MODELS,
  cloudModelSampleRate,
  findCloudModel,
  isBilledPerToken,
  pricePerSecond,
} from '../../lib/protocol/cloud-models.ts';

it('every model has a unique name, and a region', () => {
  expect(new Set(CLOUD_MODELS.map(({ name }) => name)).size).toBe(CLOUD_MODELS.length);
  for (const { regions } of CLOUD_MODELS) {
    expect(Object.keys(regions).length).toBeGreaterThan(0);
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
  const hour = (name: string, region: 'intl' | 'cn') => 3600 * (pricePerSecond(name, region)?.perSecond ?? 0);
  expect(hour('fun-asr-realtime', 'intl')).toBeCloseTo(0.324, 9);
  expect(hour('fun-asr-realtime', 'cn')).toBeCloseTo(0.1692, 9);
});

it('every model of Fun-ASR and Paraformer has a price of a second in each of its regions', () => {
  for (const { name, regions } of CLOUD_MODELS.filter(({ family }) => family !== 'qwen-audio')) {
    for (const region of Object.keys(regions) as ('intl' | 'cn')[]) {
      expect([name, pricePerSecond(name, region)?.perSecond]).toEqual([name, expect.any(Number)]);
    }
  }
});

it('a price of tokens is not a price of a second', () => {
  expect(findCloudModel('qwen-audio-3.1-asr-flash-streaming')?.regions.intl).toEqual({
    perMillionInputTokens: 0.93,
    perMillionOutputTokens: 0.7,
    currency: 'USD',
  });
  for (const region of ['intl', 'cn'] as const) {
    expect(pricePerSecond('qwen-audio-3.1-asr-flash-streaming', region)).toBeUndefined();
    expect(isBilledPerToken('qwen-audio-3.1-asr-flash-streaming', region)).toBe(true);
  }
  expect(pricePerSecond('qwen-audio-3.1-asr-flash-message', 'cn')).toBeUndefined();
  expect(isBilledPerToken('fun-asr-realtime', 'cn')).toBe(false);
});

it('the sample rate is that of the model, and 16 kHz when the model supports any or is unknown', () => {
  expect(
    [
      'fun-asr-realtime',
      'fun-asr-flash-8k-realtime',
      'paraformer-realtime-v2',
      'new',
      'qwen-audio-3.1-asr-flash-streaming',
    ].map(cloudModelSampleRate),
  ).toEqual([16_000, 8000, 16_000, 16_000, 16_000]);
});
