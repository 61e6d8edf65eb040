import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeFile } from '../../lib/audio/decode-file.ts';
import { drain, envelope, ffmpeg, likeness, sample, SPEECH, SPEECH_SECONDS, streamed } from './samples.ts';

/** Name of the file → arguments that encode the speech to it. */
const FORMATS: Readonly<Record<string, string>> = {
  'mp3.mp3': '-c:a libmp3lame -b:a 64k',
  'mp3-without-xing.mp3': '-c:a libmp3lame -b:a 64k -write_xing 0',
  'mp3-44k1-stereo.mp3': '-c:a libmp3lame -ar 44100 -ac 2 -q:a 5',
  'adts.aac': '-c:a aac -f adts',
  'index-at-the-end.m4a': '-c:a aac -f ipod',
  'index-at-the-start.m4a': '-c:a aac -f ipod -movflags +faststart',
  'fragmented.mp4': '-c:a aac -movflags +frag_keyframe+empty_moov',
  'alac.m4a': '-c:a alac -f ipod',
  'opus.ogg': '-c:a libopus',
  'opus.webm': '-c:a libopus',
  'opus-stereo.opus': '-c:a libopus -ac 2',
  'speex.spx': '-c:a libspeex',
  'vorbis.ogg': '-c:a libvorbis',
  'vorbis.webm': '-c:a libvorbis',
  'narrow.amr': '-c:a libopencore_amrnb -ar 8000 -b:a 12.2k',
  'wide.amr': '-c:a libvo_amrwbenc -b:a 23.85k',
  'narrow.3gp': '-c:a libopencore_amrnb -ar 8000 -b:a 12.2k',
  'flac.flac': '-c:a flac',
  'flac-in-ogg.oga': '-c:a flac',
  'wma1.wma': '-c:a wmav1',
  'wma2.wma': '-c:a wmav2',
  'u8.wav': '-c:a pcm_u8',
  's16.wav': '-c:a pcm_s16le',
  's24.wav': '-c:a pcm_s24le',
  's32.wav': '-c:a pcm_s32le',
  'f32.wav': '-c:a pcm_f32le',
  'f64.wav': '-c:a pcm_f64le',
  'a-law.wav': '-c:a pcm_alaw',
  'mu-law.wav': '-c:a pcm_mulaw',
  'ms-adpcm.wav': '-c:a adpcm_ms',
  'ima-adpcm.wav': '-c:a adpcm_ima_wav',
  'extensible-96k-5.1.wav': '-c:a pcm_s24le -ar 96000 -ac 6',
  'rf64.wav': '-c:a pcm_s16le -rf64 always',
  'w64.w64': '-c:a pcm_s16le',
  'au.au': '-c:a pcm_s16be',
  'aiff.aiff': '-c:a pcm_s16be',
  'aiff-c.aiff': '-c:a pcm_mulaw',
  'pcm.caf': '-c:a pcm_s16be',
  'alac.caf': '-c:a alac',
  'video.mp4': '-f lavfi -i testsrc=size=64x48:rate=5:duration=7 -c:v libx264 -c:a aac',
  'video.mov': '-f lavfi -i testsrc=size=64x48:rate=5:duration=7 -c:v mpeg4 -c:a pcm_s16le',
  'video.mkv': '-f lavfi -i testsrc=size=64x48:rate=5:duration=7 -c:v libx264 -c:a libvorbis',
  'video.avi': '-f lavfi -i testsrc=size=64x48:rate=5:duration=7 -c:v mpeg4 -c:a libmp3lame',
};

let folder: string;
let original: number[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fun-asr-test-'));
  original = envelope((await readFile(SPEECH)).subarray(44));
  const names = Object.keys(FORMATS);
  const maker = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop())
      await sample(folder, name, FORMATS[name]);
  };
  await Promise.all([maker(), maker(), maker()]);
  const wav = await ffmpeg('-i', SPEECH, '-f', 'wav', 'pipe:1');
  await writeFile(join(folder, 'streamed-header.wav'), wav);
  await writeFile(join(folder, 'zero-length.wav'), withDataSize(wav, 0));
  await writeFile(join(folder, 'placeholder-length.wav'), withDataSize(wav, 0x7fff_f000));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function withDataSize(wav: Buffer, size: number): Buffer {
  const copy = Buffer.from(wav);
  copy.writeUInt32LE(size, copy.indexOf('data') + 4);
  return copy;
}

describe.each([...Object.keys(FORMATS), 'streamed-header.wav', 'zero-length.wav', 'placeholder-length.wav'])(
  '%s',
  (name) => {
    test.each([
      ['from a file', decodeFile],
      ['as a stream of bytes', streamed],
    ])('decodes %s to 16 kHz mono PCM of the right length, without a warning', async (_, decoded) => {
      const { pcm, warnings } = await drain(decoded(join(folder, name)));
      // Codecs pad their last block; the largest block here has 128 ms.
      expect(Math.abs(pcm.length / 32_000 - SPEECH_SECONDS)).toBeLessThan(0.2);
      expect(likeness(envelope(pcm), original)).toBeGreaterThan(0.9);
      expect(warnings).toEqual([]);
    });
  },
);
