import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { array, assert, asyncProperty, integer } from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { decode } from '../../lib/audio/decode.ts';
import { drain, envelope, ffmpeg, likeness, sample, scratch, SPEECH, streamed } from './samples.ts';

const M4A = 'fixtures/amiable.m4a';
const MP3 = 'fixtures/sense-and-sensibility.mp3';

/** A folder for temporary files that nothing else uses, so that the test sees what is left there. */
async function temporaryFolder(): Promise<string> {
  const folder = await scratch();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return folder;
}

test.each([M4A, MP3])('decodes %s to the same PCM however its bytes are cut', async (path) => {
  const bytes = await readFile(path);
  const whole = await buffer(Readable.from([bytes]).pipe(decode()));
  expect(whole.length).toBeGreaterThan(180_000);
  await assert(
    asyncProperty(array(integer({ min: 1, max: bytes.length }), { maxLength: 20 }), async (cuts) => {
      const ends = [...new Set(cuts), bytes.length].sort((a, b) => a - b);
      const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
      expect(whole.equals(await buffer(Readable.from(chunks).pipe(decode())))).toBe(true);
    }),
    { numRuns: 8 },
  );
});

test('removes the temporary file of a container that needs seeking, also when it is not read to the end', async () => {
  const folder = await temporaryFolder();
  await drain(streamed(M4A));
  expect(readdirSync(folder)).toEqual([]);
  const left = streamed(M4A);
  await new Promise((resolve) => left.once('readable', resolve));
  expect(readdirSync(folder)).toHaveLength(1);
  left.destroy();
  await new Promise((resolve) => left.once('close', resolve));
  expect(readdirSync(folder)).toEqual([]);
});

test('decodes other containers while they arrive, without a temporary file', async () => {
  const folder = await temporaryFolder();
  const source = new PassThrough();
  const stage = source.pipe(decode());
  const mp3 = await readFile(MP3);
  source.write(mp3.subarray(0, mp3.length / 2));
  await new Promise((resolve) => stage.once('readable', resolve));
  expect(readdirSync(folder)).toEqual([]);
  expect(stage.readableLength).toBeGreaterThan(0);
  stage.destroy();
});

test('reads and ignores what follows the audio', async () => {
  const wav = await readFile(SPEECH);
  const chunks = [wav, ...Array.from({ length: 200 }, () => Buffer.alloc(10_000, 0xff))];
  let bytes = 0;
  await pipeline(Readable.from(chunks), decode(), async (pcm) => {
    for await (const chunk of pcm) bytes += chunk.length;
  });
  expect(bytes).toBe(wav.length - 44);
});

test('refuses an empty stream, a text and a playlist', async () => {
  const decoded = (text: string): Promise<Buffer> =>
    buffer(Readable.from(text === '' ? [] : [Buffer.from(text)]).pipe(decode()));
  await expect(decoded('')).rejects.toMatchObject({
    code: 'E_BAD_MEDIA',
    message: 'the input stream: it contains no bytes',
  });
  await expect(decoded('a text without sound\n'.repeat(500))).rejects.toMatchObject({ code: 'E_BAD_MEDIA' });
  await expect(decoded('#EXTM3U\n/etc/passwd\n')).rejects.toMatchObject({ code: 'E_PLAYLIST_REFUSED' });
  await expect(decoded("ffconcat version 1.0\nfile '/etc/passwd'")).rejects.toMatchObject({
    code: 'E_PLAYLIST_REFUSED',
  });
});

test('uses the loudest channel and warns when the channels cancel each other out', async () => {
  const path = await sample(await scratch(), 'anti-phase.flac', '-af pan=stereo|c0=c0|c1=-1*c0');
  const { pcm, warnings } = await drain(streamed(path));
  expect(warnings).toEqual(['W_LOUDEST_CHANNEL']);
  expect(likeness(envelope(pcm), envelope((await readFile(SPEECH)).subarray(44)))).toBeGreaterThan(0.99);
  expect(pcm.length).toBe(7.1 * 32_000);
});

test('decodes a long stream whose silent beginning exceeds what is kept', async () => {
  const silence = await ffmpeg(
    ...'-f lavfi -t 60 -i anullsrc=r=48000:cl=stereo -f lavfi -i sine=r=48000:d=5 -filter_complex'.split(' '),
    ...'[1]aformat=channel_layouts=stereo[t];[0][t]concat=v=0:a=1 -f wav pipe:1'.split(' '),
  );
  const { pcm, warnings } = await drain(Readable.from([silence]).pipe(decode()));
  expect(warnings).toEqual([]);
  expect(pcm.length).toBe(65 * 32_000);
});

test('is destroyed when the source fails', async () => {
  const mp3 = await readFile(MP3);
  async function* failing(): AsyncGenerator<Buffer> {
    yield mp3.subarray(0, 100_000);
    throw new Error('connection lost');
  }
  const stage = decode();
  const done = pipeline(Readable.from(failing()), stage, async (pcm) => {
    for await (const _ of pcm);
  });
  await expect(done).rejects.toThrow('connection lost');
  expect(stage.destroyed).toBe(true);
});

test('fails with an AbortError while it waits for input', async () => {
  const abort = new AbortController();
  const done = buffer(new PassThrough().pipe(decode({ signal: abort.signal })));
  abort.abort();
  await expect(done).rejects.toMatchObject({ name: 'AbortError' });
});

test('checks its options before anything starts', () => {
  expect(() => decode({ sampleRate: 16_001 })).toThrow(/decode: option sampleRate/);
  expect(() => decode({ samplerate: 16_000 } as object)).toThrow(
    expect.objectContaining({ code: 'E_OPTION', hint: 'Did you mean sampleRate?' }),
  );
});
