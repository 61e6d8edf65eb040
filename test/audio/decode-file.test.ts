import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeFile } from '../../lib/audio/decode-file.ts';
import { findFfmpeg } from '../../lib/audio/ffmpeg/find-ffmpeg.ts';
import { drain, ENCODER, envelope, ffmpeg, likeness, sample, scratch, SPEECH } from './samples.ts';

const M4A = 'fixtures/amiable.m4a';
const MP3 = 'fixtures/sense-and-sensibility.mp3';

test.each([M4A, MP3, SPEECH, 'fixtures/cold-hearted.flac', 'fixtures/himself.ogg'])(
  'decodes %s to the same bytes as FFmpeg alone',
  async (path) => {
    const { pcm, warnings } = await drain(decodeFile(path, { ffmpegPath: ENCODER }));
    expect(pcm.equals(await ffmpeg('-i', path, '-ac', '1', '-ar', '16000', '-f', 's16le', 'pipe:1'))).toBe(
      true,
    );
    expect(pcm.length).toBeGreaterThan(32_000);
    expect(warnings).toEqual([]);
  },
);

test('mixes two channels as FFmpeg does, to the rounding of each channel', async () => {
  const path = 'fixtures/inaugural.webm';
  const { pcm, warnings } = await drain(decodeFile(path, { ffmpegPath: ENCODER }));
  const expected = await ffmpeg('-i', path, '-ac', '1', '-ar', '16000', '-f', 's16le', 'pipe:1');
  expect(pcm.length).toBe(expected.length);
  const differences = Array.from({ length: pcm.length / 2 }, (_, index) =>
    Math.abs(pcm.readInt16LE(index * 2) - expected.readInt16LE(index * 2)),
  );
  expect(differences.filter((difference) => difference > 2)).toEqual([]);
  expect(warnings).toEqual([]);
});

test('decodes to the requested rate', async () => {
  const { pcm } = await drain(decodeFile(SPEECH, { sampleRate: 8000 }));
  expect(pcm.length).toBe(7.1 * 16_000);
});

test.each([
  '-leading dash.wav',
  'percent %d and ?.wav',
  'quote\'s "and" [brackets].wav',
  'crocodile:0|a.wav',
  '\n.wav',
])('opens a file named %j as a file', async (name) => {
  const path = join(await scratch(), name);
  await copyFile(SPEECH, path);
  expect((await drain(decodeFile(path))).pcm.length).toBe(7.1 * 32_000);
});

test('refuses a text, a playlist with another extension and a random file, and names them', async () => {
  const folder = await scratch();
  const noise = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 251));
  for (const [name, content, code] of [
    ['text.mp3', 'This is a text.\n'.repeat(500), 'E_BAD_MEDIA'],
    ['noise.wav', noise, 'E_BAD_MEDIA'],
    ['playlist.mp3', '#EXTM3U\n', 'E_PLAYLIST_REFUSED'],
    // Not at the start of the file, where it would be identified before FFmpeg opens it.
    [
      'hidden.mp3',
      `\x00#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${join(process.cwd(), SPEECH)}\n`,
      'E_BAD_MEDIA',
    ],
  ] as const) {
    const path = join(folder, name);
    await writeFile(path, content);
    await expect(drain(decodeFile(path))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`${path}: `),
    });
  }
});

test('decodes what a truncated recording contains, and warns', async () => {
  const folder = await scratch();
  for (const name of ['cut.wav', 'cut.flac', 'cut.mkv']) {
    const path = await sample(folder, name, '-ac 1');
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length / 2));
    const { pcm, warnings } = await drain(decodeFile(path));
    expect(pcm.length).toBeGreaterThan(2 * 32_000);
    expect(pcm.length).toBeLessThan(5 * 32_000);
    expect({ name, warnings }).toEqual({
      name,
      warnings: [expect.stringMatching(/^W_(TRUNCATED|DECODE_TAIL)$/)],
    });
  }
});

test('refuses an MP4 whose index was cut off', async () => {
  const path = join(await scratch(), 'cut.m4a');
  await writeFile(path, (await readFile(M4A)).subarray(0, 20_000));
  await expect(drain(decodeFile(path))).rejects.toMatchObject({
    code: 'E_BAD_MEDIA',
    message: expect.stringMatching(/moov atom not found/),
  });
});

test('warns of a recording without samples, and does not fail', async () => {
  const path = await sample(await scratch(), 'none.wav', '-t 0');
  expect(await drain(decodeFile(path))).toEqual({ pcm: Buffer.alloc(0), warnings: ['W_NO_AUDIO'] });
});

test('gives the audio before the maximum duration, then fails', async () => {
  const stream = decodeFile(SPEECH, { maxDurationMs: 2500 });
  let bytes = 0;
  stream.on('data', (pcm: Buffer) => (bytes += pcm.length));
  const failure = await new Promise((resolve) => stream.once('error', resolve));
  expect(failure).toMatchObject({
    code: 'E_DURATION_LIMIT',
    message: `${SPEECH}: it is longer than 2.5 s`,
    hint: expect.stringContaining('maxDurationMs'),
  });
  expect(bytes).toBe(2.5 * 32_000);
  expect((await drain(decodeFile(SPEECH, { maxDurationMs: 7100 }))).pcm.length).toBe(7.1 * 32_000);
});

test('stops at the maximum duration in highly compressed silence', async () => {
  const path = join(await scratch(), 'bomb.flac');
  await ffmpeg(
    ...'-f lavfi -t 900 -i anullsrc=r=8000:cl=mono -c:a flac -compression_level 0'.split(' '),
    path,
  );
  await expect(drain(decodeFile(path, { maxDurationMs: 60_000 }))).rejects.toMatchObject({
    code: 'E_DURATION_LIMIT',
  });
});

test.each([
  ['anti-phase.wav', '-af pan=stereo|c0=c0|c1=-1*c0'],
  ['anti-phase.mp3', '-af pan=stereo|c0=c0|c1=-1*c0 -b:a 128k -joint_stereo 0'],
  ['nearly-anti-phase.wav', '-af pan=stereo|c0=c0|c1=-0.995*c0'],
  ['low-frequency-only.wav', '-af pan=2.1|LFE=c0'],
  ['late.wav', '-af adelay=25000,pan=stereo|c0=c0|c1=-1*c0'],
])('uses the loudest channel of %s, whose mix is silent, and warns', async (name, args) => {
  const path = await sample(await scratch(), name, args);
  const { pcm, warnings } = await drain(decodeFile(path));
  expect(warnings).toEqual(['W_LOUDEST_CHANNEL']);
  const speech = envelope((await readFile(SPEECH)).subarray(44));
  expect(likeness(envelope(pcm).slice(-speech.length - 2), speech)).toBeGreaterThan(0.9);
});

test('decodes silence in every channel without a warning', async () => {
  const path = join(await scratch(), 'silence.wav');
  await ffmpeg(...'-f lavfi -t 30 -i anullsrc=r=16000:cl=stereo'.split(' '), path);
  const { pcm, warnings } = await drain(decodeFile(path));
  expect(pcm.equals(Buffer.alloc(30 * 32_000))).toBe(true);
  expect(warnings).toEqual([]);
});

test('fails when FFmpeg is killed', async () => {
  const path = join(await scratch(), 'long.flac');
  await ffmpeg(...'-f lavfi -i anoisesrc=r=8000:d=600 -c:a flac -compression_level 0'.split(' '), path);
  const wrapper = join(await scratch(), 'ffmpeg');
  // The real FFmpeg, killed in the way of the out-of-memory killer.
  const { path: program } = await findFfmpeg();
  await writeFile(
    wrapper,
    `#!/bin/sh\ncase "$1" in -version) exec '${program}' -version ;; esac\n'${program}' "$@" | head -c 100000\nkill -9 $$\n`,
    { mode: 0o755 },
  );
  await expect(drain(decodeFile(path, { ffmpegPath: wrapper }))).rejects.toMatchObject({
    code: 'E_DECODE_KILLED',
  });
});

test('drops half a sample at the end, and completes it everywhere else', async () => {
  const wrapper = join(await scratch(), 'ffmpeg');
  const { path: program } = await findFfmpeg();
  // The real FFmpeg with a pipe after it that cuts anywhere, after a header of 44 bytes: FFmpeg writes whole samples.
  await writeFile(
    wrapper,
    `#!/bin/sh\ncase "$1" in -version) exec '${program}' -version ;; esac\n'${program}' "$@" | head -c 100045 | { head -c 33377; sleep 0.1; cat; }\n`,
    { mode: 0o755 },
  );
  const { pcm } = await drain(decodeFile(SPEECH, { ffmpegPath: wrapper }));
  const chunks: number[] = [];
  for await (const chunk of decodeFile(SPEECH, { ffmpegPath: wrapper })) chunks.push(chunk.length % 2);
  expect(pcm.equals((await readFile(SPEECH)).subarray(44, 100_044))).toBe(true);
  expect(chunks.every((odd) => odd === 0)).toBe(true);
});

test('pauses FFmpeg while its output is not read, and buffers do not grow', async () => {
  const path = join(await scratch(), 'long.flac');
  await ffmpeg(...'-f lavfi -i anoisesrc=r=8000:d=600 -c:a flac -compression_level 0'.split(' '), path);
  const stream = decodeFile(path);
  const reader = stream[Symbol.asyncIterator]();
  await reader.next();
  const before = process.memoryUsage().arrayBuffers;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  expect(stream.readableLength).toBeLessThan(2 ** 18);
  stream.destroy();
});

test('leaves no FFmpeg running after it is destroyed or aborted', async () => {
  const children = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
  const abort = new AbortController();
  const [destroyed, aborted] = [decodeFile(MP3), decodeFile(MP3, { signal: abort.signal })];
  await Promise.all(
    [destroyed, aborted].map((stream) => new Promise((resolve) => stream.once('readable', resolve))),
  );
  const failure = new Promise((resolve) => aborted.once('error', resolve));
  const closed = [destroyed, aborted].map(
    (stream) => new Promise((resolve) => stream.once('close', resolve)),
  );
  destroyed.destroy();
  abort.abort();
  expect(await failure).toMatchObject({ name: 'AbortError' });
  await Promise.all(closed);
  await expect.poll(children).toBe(0);
});

test('fails without an FFmpeg, and checks its options at once', async () => {
  await expect(drain(decodeFile(SPEECH, { ffmpegPath: '/nowhere/ffmpeg' }))).rejects.toMatchObject({
    code: 'E_FFMPEG_MISSING',
  });
  expect(() => decodeFile(SPEECH, { maxDurationMs: 0 })).toThrow(
    /decodeFile: option maxDurationMs must be a number/,
  );
});
