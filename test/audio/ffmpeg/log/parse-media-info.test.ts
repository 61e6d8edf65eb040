import { expect, test } from 'vitest';
import { parseMediaInfo } from '../../../../lib/audio/ffmpeg/log/parse-media-info.ts';

const describe = (lines: string): ReturnType<typeof parseMediaInfo> => parseMediaInfo(lines.split('\n'));

test('parses container, duration and audio tracks from the log of FFmpeg 5', () => {
  expect(
    describe(`Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:/a.mp4':
  Metadata:
    title           : Duration: 99:99:99.99
  Duration: 01:02:03.45, start: 0.000000, bitrate: 90 kb/s
  Stream #0:0[0x1](und): Video: h264 (avc1 / 0x31637661), yuv420p, 64x48, 11 kb/s, 5 fps (default)
  Stream #0:1[0x2](eng): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, 5.1(side), fltp, 69 kb/s (default)
At least one output file must be specified`),
  ).toEqual({
    container: 'mp4',
    durationMs: 3_723_450,
    startMs: 0,
    hasOtherTracks: true,
    durationIsEstimate: false,
    tracks: [
      {
        streamIndex: 1,
        codec: 'aac',
        sampleRate: 44_100,
        channels: 6,
        layout: '5.1(side)',
        language: 'eng',
        isDefault: true,
      },
    ],
  });
});

test('parses the log of FFmpeg 4', () => {
  expect(
    describe(`Input #0, matroska,webm, from 'pipe:0':
  Duration: N/A, start: 0.000000, bitrate: N/A
    Stream #0:0: Audio: opus, 48000 Hz, stereo, fltp`),
  ).toEqual({
    container: 'matroska',
    durationMs: undefined,
    startMs: 0,
    durationIsEstimate: false,
    tracks: [
      {
        streamIndex: 0,
        codec: 'opus',
        sampleRate: 48_000,
        channels: 2,
        layout: 'stereo',
        isDefault: false,
      },
    ],
  });
});

test('parses languages, and titles up to the next stream', () => {
  const media = describe(`Input #0, matroska,webm, from 'a.mkv':
  Duration: 00:00:02.06, start: 0.000000, bitrate: 147 kb/s
  Stream #0:0(ger): Audio: aac (LC), 16000 Hz, mono, fltp (default)
    Metadata:
      ENCODER         : Lavc59.37.100 aac
  Stream #0:1(und): Video: h264, yuv420p, 64x48
    Metadata:
      title           : Camera
  Stream #0:2(eng): Audio: aac (LC), 16000 Hz, stereo, fltp
    Metadata:
      title           : Director's cut: a, b
At least one output file must be specified`);
  expect(media?.tracks).toMatchObject([
    { streamIndex: 0, language: 'ger', isDefault: true },
    { streamIndex: 2, language: 'eng', title: "Director's cut: a, b", isDefault: false },
  ]);
  expect(media?.tracks[0]).not.toHaveProperty('title');
});

test('does not mistake the output for a track of the input', () => {
  const media = describe(`Input #0, wav, from 'file:/a.wav':
  Duration: 00:00:01.00, bitrate: 256 kb/s
Stream mapping:
  Stream #0:0 -> #0:0 (pcm_s16le (native) -> pcm_s16le (native))
Output #0, s16le, to 'pipe:1':
    Stream #0:0: Audio: pcm_s16le, 16000 Hz, mono, s16, 256 kb/s`);
  expect(media?.tracks).toEqual([]);
});

test.each([
  ['mono', 1],
  ['stereo', 2],
  ['2.1', 3],
  ['quad', 4],
  ['quad(side)', 4],
  ['7.1(wide)', 8],
  ['octagonal', 8],
  ['12 channels', 12],
  ['2 channels (FC+LFE)', 2],
])('the layout %s has %i channels', (layout, channels) => {
  const media = describe(
    `Input #0, wav, from 'a':\n  Stream #0:0: Audio: pcm_s16le ([1][0][0][0] / 0x0001), 16000 Hz, ${layout}, s16`,
  );
  expect(media?.tracks[0]?.channels).toBe(channels);
});

test.each([
  ['aac', '00:00:07.10', '64', true],
  ['amr', '00:00:07.10', '12', true],
  ['wav', '00:00:07.10', '256', false],
  ['wav', '18:38:28.86', '256', true],
  ['wav', '37:16:57.72', '256', true],
])('a duration of %s %s at %s kb/s is an estimate: %s', (container, duration, bitrate, expected) => {
  const media = describe(
    `Input #0, ${container}, from 'a':\n  Duration: ${duration}, start: 0.0, bitrate: ${bitrate} kb/s`,
  );
  expect(media?.durationIsEstimate).toBe(expected);
});

test('finds no description when FFmpeg could not read the header', () => {
  expect(describe('file:/a.txt: Invalid data found when processing input')).toBeUndefined();
});
