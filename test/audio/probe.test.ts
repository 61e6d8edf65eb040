import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { probe } from '../../lib/audio/probe.ts';
import { ffmpeg, sample, scratch, SPEECH } from './samples.ts';

test('names the format in which a WAV may be sent undecoded', async () => {
  expect(await probe(SPEECH)).toEqual({
    container: 'wav',
    codec: 'pcm_s16le',
    sampleRate: 16_000,
    channels: 1,
    tracks: 1,
    audioTracks: [{ number: 1, codec: 'pcm_s16le', sampleRate: 16_000, channels: 1, isDefault: true }],
    recordings: 1,
    durationMs: 7100,
    durationIsEstimate: false,
    format: 'wav',
  });
});

test.each([
  ['a.mp3', '-b:a 64k', { container: 'mp3', codec: 'mp3', format: 'mp3', durationIsEstimate: false }],
  ['a.mp3', '-b:a 64k -write_xing 0', { format: 'mp3', durationIsEstimate: true }],
  ['a.opus', '-c:a libopus', { container: 'ogg', codec: 'opus', sampleRate: 48_000, format: 'opus' }],
  ['a.spx', '-c:a libspeex', { container: 'ogg', codec: 'speex', format: 'speex' }],
  ['a.aac', '-f adts', { container: 'aac', codec: 'aac', format: 'aac', durationIsEstimate: true }],
  ['a.amr', '-ar 8000 -b:a 12.2k', { container: 'amr', codec: 'amr_nb', sampleRate: 8000, format: 'amr' }],
  ['b.amr', '-c:a libvo_amrwbenc', { codec: 'amr_wb', reason: expect.stringMatching(/AMR-NB/) }],
  ['a.m4a', '', { container: 'mp4', codec: 'aac', reason: expect.stringMatching(/ADTS/) }],
  ['a.webm', '-c:a libopus', { container: 'matroska', reason: expect.stringMatching(/Ogg Opus/) }],
  ['a.flac', '-ac 2', { container: 'flac', channels: 2, reason: 'the service does not accept flac' }],
  ['b.wav', '-ac 2', { channels: 2, reason: expect.stringMatching(/mono only/) }],
])('%s made with "%s"', async (name, args, expected) => {
  const found = await probe(await sample(await scratch(), name, args));
  expect(found).toMatchObject(expected);
  expect('format' in found).not.toBe('reason' in found);
  expect(Math.abs((found.durationMs ?? 0) - 7100)).toBeLessThan(found.durationIsEstimate ? 1000 : 400);
});

test('leaves out a duration that the header does not state', async () => {
  const path = join(await scratch(), 'a.webm');
  await writeFile(path, await ffmpeg('-i', SPEECH, '-c:a', 'libopus', '-f', 'webm', 'pipe:1'));
  expect(await probe(path)).not.toHaveProperty('durationMs');
});

test('describes the default track of several', async () => {
  const path = join(await scratch(), 'a.mkv');
  const twice = '-map 0 -map 0 -c:a flac -ac:a:0 2 -ac:a:1 1 -disposition:a:0 0 -disposition:a:1 default';
  await ffmpeg('-i', SPEECH, ...twice.split(' '), path);
  expect(await probe(path)).toMatchObject({ tracks: 2, channels: 1 });
});

test.each(['wav', 'm4a'])(
  'adds up the durations of %s files that were appended to each other',
  async (extension) => {
    const folder = await scratch();
    const path = join(folder, `three.${extension}`);
    const piece = await readFile(await sample(folder, `piece.${extension}`));
    await writeFile(path, Buffer.concat([piece, piece, piece]));
    const { recordings, durationMs = 0, durationIsEstimate } = await probe(path);
    expect([recordings, durationIsEstimate]).toEqual([3, false]);
    expect(Math.abs(durationMs - 3 * 7100)).toBeLessThan(200);
  },
);

test('refuses a video without an audio track, and a text', async () => {
  const folder = await scratch();
  const silent = join(folder, 'silent.mp4');
  await ffmpeg('-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=5:duration=1', silent);
  await expect(probe(silent)).rejects.toMatchObject({
    code: 'E_BAD_MEDIA',
    message: `${silent}: it has no audio track`,
  });
  const text = join(folder, 'text.mp3');
  await writeFile(text, 'This is a text without sound.\n'.repeat(100));
  await expect(probe(text)).rejects.toMatchObject({ code: 'E_BAD_MEDIA' });
});

test('fails with an AbortError when it is aborted', async () => {
  await expect(probe(SPEECH, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
});
