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

/** A folder for temporary files that is ours alone, so that what is left there can be seen. */
async function temporaryFolder(): Promise<string> {
  const folder = await scratch();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return folder;
}

test.each([M4A, MP3])('the PCM of %s does not depend on how the bytes were cut', async (path) => {
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

test('a container that needs seeking leaves no temporary file, read to the end or not', async () => {
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

test('what needs no seeking never touches the disk, and comes out while it arrives', async () => {
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

test('what follows behind the audio is read and ignored', async () => {
  const wav = await readFile(SPEECH);
  const chunks = [wav, ...Array.from({ length: 200 }, () => Buffer.alloc(10_000, 0xff))];
  let bytes = 0;
  await pipeline(Readable.from(chunks), decode(), async (pcm) => {
    for await (const chunk of pcm) bytes += chunk.length;
  });
  expect(bytes).toBe(wav.length - 44);
});

test('an empty stream, a text and a playlist are refused', async () => {
  const decoded = (text: string): Promise<Buffer> =>
    buffer(Readable.from(text === '' ? [] : [Buffer.from(text)]).pipe(decode()));
  await expect(decoded('')).rejects.toMatchObject({
    code: 'E_BAD_MEDIA',
    message: 'the input stream: it is empty',
  });
  await expect(decoded('no music at all\n'.repeat(500))).rejects.toMatchObject({ code: 'E_BAD_MEDIA' });
  await expect(decoded('#EXTM3U\n/etc/passwd\n')).rejects.toMatchObject({ code: 'E_PLAYLIST_REFUSED' });
  await expect(decoded("ffconcat version 1.0\nfile '/etc/passwd'")).rejects.toMatchObject({
    code: 'E_PLAYLIST_REFUSED',
  });
});

test('channels that cancel each other out give the loudest one, with a warning', async () => {
  const path = await sample(await scratch(), 'anti-phase.flac', '-af pan=stereo|c0=c0|c1=-1*c0');
  const { pcm, warnings } = await drain(streamed(path));
  expect(warnings).toEqual(['W_LOUDEST_CHANNEL']);
  expect(likeness(envelope(pcm), envelope((await readFile(SPEECH)).subarray(44)))).toBeGreaterThan(0.99);
  expect(pcm.length).toBe(7.1 * 32_000);
});

test('the beginning of a long stream is not kept once something is heard', async () => {
  const silence = await ffmpeg(
    ...'-f lavfi -t 60 -i anullsrc=r=48000:cl=stereo -f lavfi -i sine=r=48000:d=5 -filter_complex'.split(' '),
    ...'[1]aformat=channel_layouts=stereo[t];[0][t]concat=v=0:a=1 -f wav pipe:1'.split(' '),
  );
  const { pcm, warnings } = await drain(Readable.from([silence]).pipe(decode()));
  expect(warnings).toEqual([]);
  expect(pcm.length).toBe(65 * 32_000);
});

test('a source that fails takes FFmpeg with it', async () => {
  const mp3 = await readFile(MP3);
  async function* failing(): AsyncGenerator<Buffer> {
    yield mp3.subarray(0, 100_000);
    throw new Error('the network is gone');
  }
  const stage = decode();
  const done = pipeline(Readable.from(failing()), stage, async (pcm) => {
    for await (const _ of pcm);
  });
  await expect(done).rejects.toThrow('the network is gone');
  expect(stage.destroyed).toBe(true);
});

test('an abort is obeyed while it waits for input', async () => {
  const abort = new AbortController();
  const done = buffer(new PassThrough().pipe(decode({ signal: abort.signal })));
  abort.abort();
  await expect(done).rejects.toMatchObject({ name: 'AbortError' });
});

test('options are checked before anything starts', () => {
  expect(() => decode({ sampleRate: 16_001 })).toThrow(/decode: option sampleRate/);
  expect(() => decode({ samplerate: 16_000 } as object)).toThrow(
    expect.objectContaining({ code: 'E_OPTION', hint: 'Did you mean sampleRate?' }),
  );
});
