import { expect, test } from 'vitest';
import { encodedFormatOf } from '../../lib/media/audio-format.ts';

function formatOf(container: string, codec: string, channels = 1, tracks = 1): unknown {
  const track = { streamIndex: 0, codec, channels, sampleRate: 16_000, isDefault: false };
  return encodedFormatOf({ container, tracks: Array.from({ length: tracks }, () => track) }, track);
}

test.each([
  ['wav', 'pcm_s16le', 'wav'],
  ['mp3', 'mp3', 'mp3'],
  ['ogg', 'opus', 'opus'],
  ['ogg', 'speex', 'speex'],
  ['aac', 'aac', 'aac'],
  ['amr', 'amr_nb', 'amr'],
])('%s with %s may be sent undecoded as %s', (container, codec, format) => {
  expect(formatOf(container, codec)).toEqual({ format });
});

test.each([
  ['matroska', 'opus', 'the service accepts opus only as Ogg Opus, not in matroska'],
  ['mp4', 'aac', 'the service accepts aac only as an ADTS stream, not in mp4'],
  ['ogg', 'vorbis', 'in this container (ogg) the service accepts only opus or speex, not vorbis'],
  ['wav', 'pcm_mulaw', 'in this container (wav) the service accepts only pcm_s16le, not pcm_mulaw'],
  ['amr', 'amr_wb', 'the service accepts only narrow-band AMR (AMR-NB)'],
  ['flac', 'flac', 'the service does not accept flac'],
  ['asf', 'wmav2', 'the service does not accept wmav2 in asf'],
])('%s with %s must be decoded, and the reason is given', (container, codec, reason) => {
  expect(formatOf(container, codec)).toEqual({ reason });
});

test('stereo and several tracks must be decoded', () => {
  expect(formatOf('mp3', 'mp3', 2)).toEqual({
    reason: 'the service accepts mono only, and the file has 2 channels',
  });
  expect(formatOf('ogg', 'opus', 1, 2)).toEqual({ reason: 'the file has 2 audio tracks' });
});
