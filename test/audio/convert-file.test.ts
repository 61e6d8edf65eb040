import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { Reader } from 'wav';
import { convertFile } from '../../lib/audio/convert-file.ts';
import { decodeFile } from '../../lib/audio/decode-file.ts';
import { probe } from '../../lib/audio/probe.ts';
import type { FunAsrError } from '../../lib/core/errors.ts';
import { ENCODER, envelope, ffmpeg, likeness, sample, scratch, SPEECH, SPEECH_SECONDS } from './samples.ts';

/** Similarity of the sound of two recordings, at most 1. ADTS does not store the delay of its audio. */
async function alike(path: string, other: string): Promise<number> {
  const [a, b] = await Promise.all([path, other].map((one) => buffer(decodeFile(one))));
  return likeness(envelope(a ?? Buffer.alloc(0)), envelope(b ?? Buffer.alloc(0)));
}

/** The conversions of the official page, each after the FFmpeg arguments that the page uses. */
test.each([
  ['-q:a 0', SPEECH, 'output.mp3', {}, { container: 'mp3', codec: 'mp3', sampleRate: 16_000, channels: 1 }],
  [
    '-c:a pcm_s16le -ar 44100 -ac 2',
    'fixtures/ill-disposed.mp3',
    'output.wav',
    { sampleRate: 44_100, channels: 2 },
    { container: 'wav', codec: 'pcm_s16le', sampleRate: 44_100, channels: 2 },
  ],
  [
    '-c:a copy',
    'fixtures/amiable.m4a',
    'output.aac',
    {},
    { container: 'aac', codec: 'aac', sampleRate: 16_000 },
  ],
  [
    '-c:a aac -b:a 256k',
    'fixtures/amiable.m4a',
    'output.aac',
    { bitrate: 256_000 },
    { container: 'aac', codec: 'aac', sampleRate: 16_000 },
  ],
  [
    '-c:a libopus -b:a 128k',
    'fixtures/cold-hearted.flac',
    'output.opus',
    { bitrate: 128_000 },
    { container: 'ogg', codec: 'opus', channels: 1 },
  ],
])('converts with %s from %s to the same sound in %s', async (shown, input, name, options, expected) => {
  const output = join(await scratch(), name);
  const warnings: string[] = [];
  const { durationMs, isCopy } = await convertFile(input, output, {
    ...options,
    onWarning: ({ code }) => warnings.push(code),
  });
  const [before, after] = [await probe(input), await probe(output)];
  expect(after).toMatchObject(expected);
  expect(Math.abs(durationMs - (before.durationMs ?? 0))).toBeLessThan(150);
  expect(await alike(input, output)).toBeGreaterThan(0.9);
  expect([isCopy, warnings]).toEqual([shown === '-c:a copy', []]);
});

test('copies audio that is in the format already byte by byte, unless copying is off or something changes', async () => {
  const folder = await scratch();
  const input = 'fixtures/amiable.m4a';
  const frames = await ffmpeg('-i', input, '-c:a', 'copy', '-f', 'adts', '-');
  const copied = join(folder, 'copied.aac');
  await convertFile(input, copied, { sampleRate: 16_000, channels: 1 });
  expect(frames.equals(await readFile(copied))).toBe(true);
  for (const options of [{ copy: false }, { channels: 2 }, { sampleRate: 8000 }, { bitrate: 32_000 }]) {
    const { isCopy } = await convertFile(input, join(folder, 'encoded.aac'), { ...options, force: true });
    expect([options, isCopy]).toEqual([options, false]);
  }
});

test('writes the true length into the header of a WAV, and the audio directly after 44 bytes', async () => {
  const folder = await scratch();
  const tagged = await sample(folder, 'tagged.flac', '-metadata title=Leisure');
  const output = join(folder, 'output.wav');
  await convertFile(tagged, output);
  expect((await readFile(output)).equals(await readFile(SPEECH))).toBe(true);
});

test('encodes with the requested bit rate', async () => {
  const folder = await scratch();
  const size = async (bitrate: number): Promise<number> => {
    const output = join(folder, `${bitrate}.mp3`);
    await convertFile(SPEECH, output, { bitrate });
    return (await stat(output)).size;
  };
  const bytesPerSecond = ((await size(64_000)) - (await size(32_000))) / SPEECH_SECONDS;
  expect(Math.abs(bytesPerSecond - 4000)).toBeLessThan(100);
});

test('writes raw PCM as 16 kHz mono by default', async () => {
  const folder = await scratch();
  const stereo = await sample(folder, 'stereo.wav', '-ar 48000 -ac 2');
  await convertFile(stereo, join(folder, 'plain.pcm'));
  await convertFile(stereo, join(folder, 'chosen.pcm'), { sampleRate: 8000, channels: 2 });
  const sizes = await Promise.all(['plain', 'chosen'].map((name) => stat(join(folder, `${name}.pcm`))));
  expect(sizes.map(({ size }) => Math.round(size / SPEECH_SECONDS / 1000))).toEqual([32, 32]);
  expect(await buffer(decodeFile(stereo))).toEqual(await readFile(join(folder, 'plain.pcm')));
});

test('converts a stream as it converts a path, also one that needs seeking', async () => {
  const folder = await scratch();
  for (const input of ['fixtures/amiable.m4a', 'fixtures/inaugural.webm', SPEECH]) {
    const [byPath, byStream] = [join(folder, 'path.opus'), join(folder, 'stream.opus')];
    const made = await convertFile(input, byPath, { force: true });
    expect(await convertFile(createReadStream(input), byStream, { force: true })).toEqual(made);
    expect((await stat(byStream)).size).toBe((await stat(byPath)).size);
  }
});

test('encodes six channels in each format', async () => {
  const folder = await scratch();
  const surround = await sample(
    folder,
    'surround.flac',
    '-af pan=5.1(side)|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0',
  );
  for (const [to, channels] of [
    ['wav', 6],
    ['mp3', 2],
    ['aac', 6],
    ['opus', 6],
  ] as const) {
    const output = join(folder, `surround.${to}`);
    await convertFile(surround, output);
    expect([to, (await probe(output)).channels]).toEqual([to, channels]);
  }
});

test('uses the loudest channel for mono when the channels cancel each other out', async () => {
  const folder = await scratch();
  const antiPhase = await sample(folder, 'anti-phase.flac', '-af pan=stereo|c0=c0|c1=-1*c0');
  for (const input of [antiPhase, createReadStream(antiPhase)]) {
    const warnings: string[] = [];
    const output = join(folder, 'output.wav');
    const onWarning = ({ code }: FunAsrError): number => warnings.push(code);
    await convertFile(input, output, { channels: 1, force: true, onWarning });
    expect([warnings, await alike(SPEECH, output)]).toEqual([['W_LOUDEST_CHANNEL'], expect.closeTo(1, 2)]);
  }
  const { isCopy } = await convertFile(antiPhase, join(folder, 'stereo.wav'));
  expect([isCopy, (await probe(join(folder, 'stereo.wav'))).channels]).toEqual([false, 2]);
});

test.each([
  ['wav', 'mp3'],
  ['wav', 'opus'],
  ['mp3', 'aac'],
  ['aac', 'mp3'],
  ['flac', 'wav'],
])('judges the channels of a whole %s file when it is converted to mono %s', async (from, to) => {
  const folder = await scratch();
  const [input, output] = [join(folder, `call.${from}`), join(folder, `mono.${to}`)];
  // Opposite phase after 25 s: channels 1 and 2 have been the same until then.
  const sine = '0.25*sin(1000*PI*t)';
  const source = `aevalsrc='${sine}|${sine}*(1-2*gt(t,25))':s=44100:d=30`;
  await ffmpeg('-f', 'lavfi', '-i', source, '-metadata', 'title=Call', input);
  const warnings: FunAsrError[] = [];
  await convertFile(input, output, { channels: 1, onWarning: (warning) => warnings.push(warning) });
  expect(warnings.map(({ code }) => code)).toEqual(['W_LOUDEST_CHANNEL']);
  expect(Math.abs((warnings[0]?.span?.beginMs ?? 0) - 25_000)).toBeLessThanOrEqual(200);
  const pcm = await buffer(decodeFile(output));
  expect(Math.abs(pcm.length / 32 - 30_000)).toBeLessThan(150);
  const rms = (second: number) => Math.hypot(...samplesAt(pcm, second)) / Math.sqrt(8000);
  expect(rms(28) / rms(10)).toBeCloseTo(1, 1);
  // ADTS has no tags; those of Opus belong to its stream.
  if ([from, to].includes('aac') || to === 'wav') return;
  const tags = to === 'opus' ? '0:s:0' : '0';
  const { stdout } = await promisify(execFile)(ENCODER, [
    '-i',
    output,
    '-map_metadata',
    tags,
    '-f',
    'ffmetadata',
    '-',
  ]);
  expect(stdout).toMatch(/title=Call/i);
});

/** Half a second of samples at 16 kHz. */
function samplesAt(pcm: Buffer, second: number): number[] {
  return Array.from({ length: 8000 }, (_, index) => pcm.readInt16LE(second * 32_000 + index * 2));
}

test('reports progress up to the end', async () => {
  const seen: number[] = [];
  const output = join(await scratch(), 'output.mp3');
  const { durationMs } = await convertFile(SPEECH, output, { onProgress: (audioMs) => seen.push(audioMs) });
  expect(Math.abs((seen.at(-1) ?? 0) - durationMs)).toBeLessThan(10);
});

test('keeps an existing output unless force is set', async () => {
  const output = join(await scratch(), 'output.mp3');
  await writeFile(output, 'mine');
  await expect(convertFile(SPEECH, output)).rejects.toMatchObject({ code: 'E_EXISTS' });
  expect(await readFile(output, 'utf8')).toBe('mine');
  await convertFile(SPEECH, output, { force: true });
  expect((await probe(output)).codec).toBe('mp3');
});

test('leaves no file after a failure, neither the output nor a temporary one', async () => {
  const folder = await scratch();
  await writeFile(join(folder, 'letters.wav'), 'no sounds but letters');
  await writeFile(join(folder, 'list.mp3'), '#EXTM3U\n/etc/passwd\n');
  await writeFile(join(folder, 'empty.wav'), '');
  const before = await readdir(folder);
  for (const [input, code] of [
    [join(folder, 'letters.wav'), 'E_BAD_MEDIA'],
    [join(folder, 'list.mp3'), 'E_PLAYLIST_REFUSED'],
    [join(folder, 'empty.wav'), 'E_BAD_MEDIA'],
    [join(folder, 'gone.wav'), 'E_READ'],
    ['http://example.com/talk.mp3', 'E_URL_REFUSED'],
  ] as const) {
    await expect(convertFile(input, join(folder, 'output.mp3'))).rejects.toMatchObject({ code });
  }
  const aborted = convertFile(SPEECH, join(folder, 'output.mp3'), { signal: AbortSignal.abort() });
  await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
  expect(await readdir(folder)).toEqual(before);
});

test('names an output that cannot be written', async () => {
  const folder = join(await scratch(), 'locked');
  await mkdir(folder);
  await chmod(folder, 0o500);
  await expect(convertFile(SPEECH, join(folder, 'gone', 'output.mp3'))).rejects.toMatchObject({
    code: 'E_WRITE',
    message: expect.stringContaining('output.mp3: cannot be written'),
  });
});

test('refuses a recording beyond the maximum duration, and converts one within it completely', async () => {
  const folder = await scratch();
  const output = join(folder, 'output.opus');
  await expect(convertFile(SPEECH, output, { maxDurationMs: 5000 })).rejects.toMatchObject({
    code: 'E_DURATION_LIMIT',
    message: expect.stringContaining('longer than 5 s'),
  });
  expect(await readdir(folder)).toEqual([]);
  expect(Math.round((await convertFile(SPEECH, output, { maxDurationMs: 7100 })).durationMs / 100)).toBe(71);
});

test('converts a truncated recording as far as it goes, and warns', async () => {
  const folder = await scratch();
  const cut = join(folder, 'cut.wav');
  await writeFile(cut, (await readFile(SPEECH)).subarray(0, 100_000));
  const warnings: string[] = [];
  await convertFile(cut, join(folder, 'output.mp3'), { onWarning: ({ code }) => warnings.push(code) });
  expect(warnings).toEqual(['W_TRUNCATED']);
});

test('chooses the format by the extension of the output, or by the option `to`', async () => {
  const folder = await scratch();
  const output = join(folder, 'output.mpeg3');
  expect(() => convertFile(SPEECH, output)).toThrow(/names no format/);
  await convertFile(SPEECH, output, { to: 'mp3' });
  await copyFile(output, join(folder, 'OUTPUT.MP3'));
  await convertFile(SPEECH, join(folder, 'OUTPUT.WAV'));
  expect((await probe(join(folder, 'OUTPUT.WAV'))).container).toBe('wav');
});

test('writes a WAV that an independent reader accepts', async () => {
  const output = join(await scratch(), 'speech.wav');
  await convertFile('fixtures/cold-hearted.flac', output, { sampleRate: 16_000, channels: 1 });
  const reader = createReadStream(output).pipe(new Reader());
  const format = once(reader, 'format');
  const chunks: Buffer[] = [];
  reader.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(reader, 'end');
  expect((await format)[0]).toMatchObject({ audioFormat: 1, sampleRate: 16_000, channels: 1, bitDepth: 16 });
  expect(Buffer.concat(chunks).equals(await buffer(decodeFile('fixtures/cold-hearted.flac')))).toBe(true);
});
