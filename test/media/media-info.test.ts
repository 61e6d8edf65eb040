import { expect, test } from 'vitest';
import { type AudioTrack, defaultTrack } from '../../lib/media/media-info.ts';

function choose(...tracks: [channels: number, isDefault: boolean][]): AudioTrack | undefined {
  return defaultTrack({
    tracks: tracks.map(([channels, isDefault], streamIndex) => ({
      streamIndex,
      codec: 'aac',
      sampleRate: 48_000,
      channels,
      isDefault,
    })),
  });
}

test('chooses the default track, then the one with most channels, then the first', () => {
  expect(choose([6, false], [2, true])).toMatchObject({ channels: 2, isDefault: true });
  expect(choose([1, false], [2, false])).toMatchObject({ channels: 2 });
  expect(choose()).toBeUndefined();
});
