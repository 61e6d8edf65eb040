import { createReadStream, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { array, assert, asyncProperty, integer } from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { convert, type ConvertOptions } from '../../lib/audio/convert.ts';
import { convertFile } from '../../lib/audio/convert-file.ts';
import { probe } from '../../lib/audio/probe.ts';
import { drain, ffmpeg, sample, scratch, SPEECH } from './samples.ts';

const M4A = 'fixtures/amiable.m4a';
const WEBM = 'fixtures/inaugural.webm';

const converted = (path: string, options: ConvertOptions): Promise<Buffer> =>
  buffer(createReadStream(path).pipe(convert(options)));

test('emits the same bytes as a file in formats whose header contains no length', async () => {
  const folder = await scratch();
  for (const [input, to] of [
    [SPEECH, 'pcm'],
    [M4A, 'aac'],
  ] as const) {
    const output = join(folder, `output.${to}`);
    await convertFile(input, output);
    const [byFile, byStream] = [await readFile(output), await converted(input, { to })];
    expect(byStream.equals(byFile)).toBe(true);
  }
});

test('writes a WAV whose audio can be read although its header does not state the length', async () => {
  const wav = await converted('fixtures/cold-hearted.flac', { to: 'wav' });
  const pcm = await ffmpeg('-i', 'fixtures/cold-hearted.flac', '-f', 's16le', '-');
  expect(wav.subarray(44).equals(pcm)).toBe(true);
  const output = join(await scratch(), 'output.wav');
  await writeFile(output, wav);
  expect(await probe(output)).toMatchObject({ codec: 'pcm_s16le', sampleRate: 16_000, channels: 1 });
});

test('copies Opus out of WebM and AAC out of a video without encoding them again', async () => {
  const folder = await scratch();
  const packets = async (path: string): Promise<Buffer> =>
    ffmpeg('-i', path, '-map', '0:a', '-c', 'copy', '-f', 'data', '-');
  const output = join(folder, 'output.opus');
  await writeFile(output, await converted(WEBM, { to: 'opus' }));
  expect((await packets(output)).equals(await packets(WEBM))).toBe(true);

  const video = await sample(
    folder,
    'a.mkv',
    '-f lavfi -i testsrc=size=64x48:rate=5:duration=7 -c:v mpeg4 -c:a aac',
  );
  const adts = await ffmpeg('-i', video, '-vn', '-c:a', 'copy', '-f', 'adts', '-');
  expect((await converted(video, { to: 'aac' })).equals(adts)).toBe(true);
  expect((await converted(video, { to: 'aac', copy: false })).equals(adts)).toBe(false);
});

test('produces the same result however the bytes are cut', async () => {
  const bytes = await readFile('fixtures/sense-and-sensibility.mp3');
  const whole = await buffer(Readable.from([bytes]).pipe(convert({ to: 'aac' })));
  expect(whole.length).toBeGreaterThan(100_000);
  await assert(
    asyncProperty(array(integer({ min: 1, max: bytes.length }), { maxLength: 20 }), async (cuts) => {
      const ends = [...new Set(cuts), bytes.length].sort((a, b) => a - b);
      const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
      expect(whole.equals(await buffer(Readable.from(chunks).pipe(convert({ to: 'aac' }))))).toBe(true);
    }),
    { numRuns: 4 },
  );
});

test('emits output while the input arrives, and leaves no temporary file', async () => {
  const folder = await scratch();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const source = new PassThrough();
  const stage = source.pipe(convert({ to: 'wav' }));
  source.write((await readFile('fixtures/sense-and-sensibility.mp3')).subarray(0, 100_000));
  await new Promise((resolve) => stage.once('readable', resolve));
  expect(readdirSync(folder)).toEqual([]);
  stage.destroy();

  const spooled = createReadStream(M4A).pipe(convert({ to: 'wav' }));
  await new Promise((resolve) => spooled.once('readable', resolve));
  expect(readdirSync(folder)).toHaveLength(1);
  spooled.destroy();
  await new Promise((resolve) => spooled.once('close', resolve));
  expect(readdirSync(folder)).toEqual([]);
});

test('pauses the source while its output is not read', async () => {
  let given = 0;
  const source = Readable.from(
    (function* () {
      yield Buffer.concat([Buffer.from('RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0', 'latin1')]);
      yield Buffer.from('\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data\xff\xff\xff\xff', 'latin1');
      for (; given < 2000; given += 1) yield Buffer.alloc(16_384, given);
    })(),
    { objectMode: false },
  );
  const stage = source.pipe(convert({ to: 'wav' }));
  await new Promise((resolve) => stage.once('readable', resolve));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(given).toBeLessThan(200);
  stage.destroy();
});

test('fails with an AbortError when it is aborted', async () => {
  const controller = new AbortController();
  const stage = new PassThrough().pipe(convert({ to: 'mp3', signal: controller.signal }));
  const done = buffer(stage);
  controller.abort();
  await expect(done).rejects.toMatchObject({ name: 'AbortError' });
});

test('refuses an empty stream, a text and a playlist', async () => {
  for (const [text, code] of [
    ['', 'E_BAD_MEDIA'],
    ['a text without sound\n'.repeat(500), 'E_BAD_MEDIA'],
    ['#EXTM3U\n/etc/passwd\n', 'E_PLAYLIST_REFUSED'],
  ] as const) {
    const source = Readable.from(text === '' ? [] : [Buffer.from(text)]);
    await expect(buffer(source.pipe(convert({ to: 'mp3' })))).rejects.toMatchObject({ code });
  }
});

test('emits the audio before the maximum duration, then fails', async () => {
  const stage = createReadStream(SPEECH).pipe(convert({ to: 'pcm', maxDurationMs: 5000 }));
  let bytes = 0;
  const drained = (async () => {
    for await (const chunk of stage) bytes += chunk.length;
  })();
  await expect(drained).rejects.toMatchObject({ code: 'E_DURATION_LIMIT' });
  expect(bytes).toBeGreaterThanOrEqual(5 * 32_000);
});

test('warns of a truncated recording', async () => {
  const folder = await scratch();
  const video = await sample(
    folder,
    'a.mkv',
    '-f lavfi -i testsrc=size=64x48:rate=5:duration=7 -c:v mpeg4 -c:a aac',
  );
  const half = (await readFile(video)).subarray(0, 60_000);
  const { warnings } = await drain(Readable.from([half]).pipe(convert({ to: 'mp3' })));
  expect(warnings).toEqual(['W_TRUNCATED']);
});

test.each([
  [{ to: 'flac' }, /option to must be one of pcm, wav, mp3, aac, opus/],
  [{}, /option to is missing: one of pcm, wav, mp3, aac, opus/],
  [{ to: 'mp3', channels: 3 }, /option channels must be one of 1, 2/],
  [{ to: 'mp3', samplerate: 16_000 }, /no option samplerate/],
])('refuses %j before anything starts', (options, message) => {
  expect(() => convert(options as ConvertOptions)).toThrow(message);
});
