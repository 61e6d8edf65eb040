import { expect, it } from 'vitest';
import { settingsDigest } from '../../lib/batch/settings.ts';

const digest = settingsDigest('cloud', { model: 'fun-asr-realtime' });

it.each([
  [{ model: 'fun-asr-realtime-2025-11-07' }],
  [{ model: 'fun-asr-realtime', languageHints: ['en'] }],
  [{ model: 'fun-asr-realtime', heartbeat: false }],
  [{ model: 'fun-asr-realtime', region: 'cn' as const }],
  [{ model: 'fun-asr-realtime', baseUrl: 'ws://127.0.0.1:1/' }],
])('%j gives other results', (options) => {
  expect(settingsDigest('cloud', options)).not.toBe(digest);
});

it('another engine gives other results', () => {
  expect(settingsDigest('local', { model: 'fun-asr-realtime' })).not.toBe(digest);
});

it('the key, the speed, the limits and what is not given change nothing', () => {
  const options = { model: 'fun-asr-realtime', apiKey: 'k', pace: 2, maxDuration: 1, heartbeat: undefined };
  expect(settingsDigest('cloud', options)).toBe(digest);
});
