import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeFile } from '../../lib/audio/decode-file.ts';
import { probe } from '../../lib/audio/probe.ts';
import { amplitudeOf, tone, writeWav } from './channels/wav-file.ts';
import { drain, ffmpeg, scratch, streamed } from './samples.ts';

/** A file with two tracks: German with a tone of 440 Hz, or silent, and English with 1000 Hz. */
async function twoTracks(name: string, firstHz = 440): Promise<string> {
  const folder = await scratch();
  const [german, english] = await Promise.all([
    writeWav(join(folder, 'ger.wav'), [tone(firstHz, 2)]),
    writeWav(join(folder, 'eng.wav'), [tone(1000, 2), tone(1000, 2)]),
  ]);
  const path = join(folder, name);
  const tags = '-metadata:s:a:0 language=ger -metadata:s:a:1 language=eng -disposition:a:0 default';
  await ffmpeg(
    '-i',
    german,
    '-i',
    english,
    '-map',
    '0:a',
    '-map',
    '1:a',
    '-c:a',
    'aac',
    ...tags.split(' '),
    path,
  );
  return path;
}

test.each([
  ['film.mkv', 2, 1000],
  ['film.mkv', 'eng', 1000],
  ['film.mp4', 'en', 1000],
  ['film.ts', 'eng', 1000],
  ['film.mp4', 1, 440],
  ['film.mkv', 'de', 440],
])('decodes the chosen track of %s: %s', async (name, audioTrack, hz) => {
  const path = await twoTracks(name);
  for (const stream of [decodeFile(path, { audioTrack }), streamed(path, { audioTrack })]) {
    const { pcm, warnings } = await drain(stream);
    expect(amplitudeOf(pcm, hz, 0.5, 1.5)).toBeGreaterThan(0.15);
    expect(amplitudeOf(pcm, 1440 - hz, 0.5, 1.5)).toBeLessThan(0.01);
    expect(warnings).not.toContain('W_TRACKS');
  }
});

test('names the tracks when there are several and none was chosen', async () => {
  const { warnings } = await drain(decodeFile(await twoTracks('film.mkv')));
  expect(warnings).toContain('W_TRACKS');
});

test('refuses a track that does not exist', async () => {
  const stream = decodeFile(await twoTracks('film.mkv'), { audioTrack: 'jpn' });
  await expect(drain(stream)).rejects.toMatchObject({ code: 'E_TRACK' });
});

test('warns of a silent track beside one that is not, and not of two silent ones', async () => {
  const path = await twoTracks('obs.mkv', 0);
  expect((await drain(decodeFile(path, { audioTrack: 1 }))).warnings).toContain('W_SILENT_TRACK');
  expect((await drain(decodeFile(path, { audioTrack: 2 }))).warnings).not.toContain('W_SILENT_TRACK');
});

test('lists all tracks of a recording with their languages and channels', async () => {
  const { tracks, audioTracks } = await probe(await twoTracks('film.mkv'));
  expect(tracks).toBe(2);
  expect(audioTracks).toMatchObject([
    { number: 1, language: 'ger', channels: 1, codec: 'aac', isDefault: true },
    { number: 2, language: 'eng', channels: 2, isDefault: false },
  ]);
});
