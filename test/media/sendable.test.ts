import { expect, test } from 'vitest';
import { sendableAs } from '../../lib/media/sendable.ts';

function asked(container: string, codec: string, channels = 1, tracks = 1): unknown {
  const stream = { codec, channels, sampleRate: 16_000, isDefault: false };
  return sendableAs({ container, audio: Array.from({ length: tracks }, () => stream) }, stream);
}

test.each([
  ['wav', 'pcm_s16le', 'wav'],
  ['mp3', 'mp3', 'mp3'],
  ['ogg', 'opus', 'opus'],
  ['ogg', 'speex', 'speex'],
  ['aac', 'aac', 'aac'],
  ['amr', 'amr_nb', 'amr'],
])('%s with %s may be sent as %s', (container, codec, format) => {
  expect(asked(container, codec)).toEqual({ format });
});

test.each([
  ['matroska', 'opus', 'the service takes opus as Ogg Opus only, not in matroska'],
  ['mp4', 'aac', 'the service takes aac as an ADTS stream only, not in mp4'],
  ['ogg', 'vorbis', 'in this container (ogg) the service takes opus or speex only, not vorbis'],
  ['wav', 'pcm_mulaw', 'in this container (wav) the service takes pcm_s16le only, not pcm_mulaw'],
  ['amr', 'amr_wb', 'of AMR the service takes narrow band (AMR-NB) only'],
  ['flac', 'flac', 'the service does not take flac'],
  ['asf', 'wmav2', 'the service does not take wmav2 in asf'],
])('%s with %s may not, and it says why', (container, codec, reason) => {
  expect(asked(container, codec)).toEqual({ reason });
});

test('stereo and several tracks may not', () => {
  expect(asked('mp3', 'mp3', 2)).toEqual({ reason: 'the service takes mono only, and it has 2 channels' });
  expect(asked('ogg', 'opus', 1, 2)).toEqual({ reason: 'it holds 2 audio tracks' });
});
