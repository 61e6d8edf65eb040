import { expect, test } from 'vitest';
import { chooseTrack, severalTracks } from '../../lib/media/audio-tracks.ts';
import type { AudioTrack } from '../../lib/media/media-info.ts';

const track = (streamIndex: number, language?: string, isDefault = false): AudioTrack => ({
  streamIndex,
  codec: 'aac',
  sampleRate: 48_000,
  channels: 2,
  isDefault,
  language,
});

const TRACKS = [track(1, 'ger', true), track(2, 'eng'), track(4, 'jpn'), track(5)];

const chosen = (choice: Parameters<typeof chooseTrack>[2]): number | undefined =>
  chooseTrack('film.mkv', TRACKS, choice)?.streamIndex;

test('uses the default track when none is chosen', () => {
  expect(chosen({})).toBe(1);
});

test.each([
  [1, 1],
  [4, 5],
  ['eng', 2],
  ['en', 2],
  ['en-GB', 2],
  ['de', 1],
  ['deu', 1],
  ['ja', 4],
])('chooses track %s', (audioTrack, streamIndex) => {
  expect(chosen({ audioTrack })).toBe(streamIndex);
});

test.each([5, 'fra', 'nonsense'])(
  'refuses track %s, which does not exist, and names those that do',
  (audioTrack) => {
    expect(() => chosen({ audioTrack })).toThrow(
      expect.objectContaining({ code: 'E_TRACK', message: expect.stringContaining('2 (eng, stereo)') }),
    );
  },
);

test('prefers a track in the language of the hints, in their order, when none is chosen', () => {
  expect(chosen({ languages: ['yue', 'ja', 'en'] })).toBe(4);
  expect(chosen({ languages: ['ko'] })).toBe(1);
  expect(chosen({ audioTrack: 1, languages: ['ja'] })).toBe(1);
});

test('names all tracks with language, title and channels', () => {
  const titled = { ...track(3, 'eng'), title: 'Commentary', channels: 1 };
  expect(severalTracks('a.mkv', [track(1, 'ger'), titled], titled).message).toBe(
    'a.mkv: it has 2 audio tracks: 1 (ger, stereo), 2 (eng, "Commentary", mono); track 2 is used',
  );
});
