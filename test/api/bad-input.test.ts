import { once } from 'node:events';
import { Readable } from 'node:stream';
import { convert, decode } from 'fun-asr-streams';
import { describe, expect, it } from 'vitest';

/** Uploads that contain no audio. */
const NOT_AUDIO: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  text: Buffer.from('this is not audio\n'.repeat(1000)),
  zeros: Buffer.alloc(100_000),
  'an image': Buffer.from(
    '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c626001000000ffff03000006000557bfabd40000000049454e44ae426082',
    'hex',
  ),
  'an archive': Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(5000, 'x')]),
  'a playlist': Buffer.from('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'),
};

const STAGES = {
  decode: () => decode(),
  'convert to wav': () => convert({ to: 'wav' }),
  'convert to mp3': () => convert({ to: 'mp3' }),
  'convert to aac': () => convert({ to: 'aac' }),
  'convert to opus': () => convert({ to: 'opus' }),
  'convert to pcm': () => convert({ to: 'pcm' }),
};

describe.each(Object.entries(STAGES))('%s', (_, make) => {
  it.each(Object.entries(NOT_AUDIO))(
    'fails on %s before it gives a byte, so that a server can still choose its status',
    async (_name, bytes) => {
      const source = Readable.from([bytes]);
      const stage = source.pipe(make());
      await expect(once(stage, 'readable')).rejects.toMatchObject({
        code: expect.stringMatching(/^E_(BAD_MEDIA|PLAYLIST_REFUSED)$/),
        message: expect.stringMatching(/^the input stream: ./),
      });
      expect(stage.readableDidRead).toBe(false);
    },
  );
});
