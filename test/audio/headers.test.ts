import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { convertFile } from '../../lib/audio/convert-file.ts';
import { decode } from '../../lib/audio/decode.ts';
import { decodeFile } from '../../lib/audio/decode-file.ts';
import { findFfmpeg } from '../../lib/audio/ffmpeg/find-ffmpeg.ts';
import type { FunAsrError } from '../../lib/core/errors.ts';
import { tone, writeWav } from './channels/wav-file.ts';
import { toneSource, tonesIn } from './clock/tones.ts';
import { drain, ENCODER, ffmpeg, scratch, SPEECH } from './samples.ts';

const FFMPEGS = [...new Set([(await findFfmpeg()).path, ENCODER])];

/** What was decoded in one way of reading. */
interface Outcome {
  readonly tones: readonly number[];
  /** Whether each tone is at its place: the pieces follow each other directly. */
  readonly isClose: boolean;
  readonly warnings: readonly string[];
}

/** The tones of two pieces, of 5 and 3 s, in each way of reading. */
const BOTH: readonly Outcome[] = FFMPEGS.flatMap(() => {
  const outcome = { tones: [0, 1, 2, 3, 4, 0, 1, 2], isClose: true, warnings: [] };
  return [outcome, outcome];
});

async function outcomes(path: string): Promise<Outcome[]> {
  const results: Outcome[] = [];
  for (const ffmpegPath of FFMPEGS) {
    for (const stream of [
      decodeFile(path, { ffmpegPath }),
      createReadStream(path, { highWaterMark: 7001 }).pipe(decode({ ffmpegPath })),
    ]) {
      const { pcm, warnings } = await drain(stream);
      const tones = tonesIn(pcm);
      results.push({
        tones: tones.map(({ second }) => second),
        isClose: tones.every(({ at }, index) => Math.abs(at - index) < 0.2),
        warnings,
      });
    }
  }
  return results;
}

/** Encodes the tones of 5 and of 3 s. */
async function pieces(folder: string, extension: string, args: string): Promise<Buffer[]> {
  const encoded: Buffer[] = [];
  for (const seconds of [5, 3]) {
    const piece = join(folder, `${seconds}.${extension}`);
    await ffmpeg('-f', 'lavfi', '-i', toneSource(seconds), ...args.split(' ').filter(Boolean), piece);
    encoded.push(await readFile(piece));
  }
  return encoded;
}

test.each([
  ['wav', ''],
  ['wav', '-c:a pcm_s24le -ar 48000 -ac 2'],
  ['wav', '-c:a pcm_alaw -ar 16000'],
  ['wav', '-metadata title=odd'],
  ['m4a', '-c:a aac'],
  ['m4a', '-c:a alac'],
  ['mp4', '-c:a aac -movflags faststart'],
  ['mp4', '-c:a aac -movflags frag_keyframe+empty_moov+default_base_moof -frag_duration 1000000'],
])('decodes both recordings of a file that consists of two %s files (%s)', async (extension, args) => {
  const folder = await scratch();
  const path = join(folder, `two.${extension}`);
  await writeFile(path, Buffer.concat(await pieces(folder, extension, args)));
  expect(await outcomes(path)).toEqual(BOTH);
});

test('decodes both recordings of a file when their formats are different, and a stream up to the second', async () => {
  const folder = await scratch();
  const [first = Buffer.alloc(0)] = await pieces(folder, 'wav', '-ar 8000');
  const [, second = Buffer.alloc(0)] = await pieces(folder, 'wav', '-ar 44100 -ac 2');
  const path = join(folder, 'two.wav');
  await writeFile(path, Buffer.concat([first, second]));
  const { pcm } = await drain(decodeFile(path));
  expect(tonesIn(pcm).length).toBe(8);
  const stream = await drain(createReadStream(path).pipe(decode()));
  expect([tonesIn(stream.pcm).length, stream.warnings]).toEqual([5, ['W_TRUNCATED']]);
});

test('counts the maximum duration over all recordings of a file', async () => {
  const path = join(await scratch(), 'two.wav');
  const wav = await readFile(SPEECH);
  await writeFile(path, Buffer.concat([wav, wav]));
  const chunks: Buffer[] = [];
  const stream = decodeFile(path, { maxDurationMs: 10_000 });
  const read = async (): Promise<void> => {
    for await (const chunk of stream) chunks.push(chunk);
  };
  await expect(read()).rejects.toMatchObject({ code: 'E_DURATION_LIMIT' });
  expect(Buffer.concat(chunks).length).toBe(10 * 32_000);
  const { pcm } = await drain(decodeFile(path, { maxDurationMs: 14_200 }));
  expect(pcm.length).toBe(14.2 * 32_000);
});

test('reports the parts of a second recording with their place in the file', async () => {
  const folder = await scratch();
  const [path, second] = [join(folder, 'two.wav'), join(folder, 'second.wav')];
  const sound = tone(500, 2);
  await writeWav(second, [sound, sound.map((sample) => -sample)]);
  await writeFile(path, Buffer.concat([await readFile(SPEECH), await readFile(second)]));
  const warnings: FunAsrError[] = [];
  await buffer(decodeFile(path).on('warning', (warning) => warnings.push(warning)));
  expect(warnings.map(({ code, span }) => ({ code, span }))).toEqual([
    { code: 'W_LOUDEST_CHANNEL', span: { beginMs: 7100, endMs: 9100 } },
  ]);
});

test.each([0, 1, 64_000, 100_001])('decodes all of a WAV whose header states %i bytes', async (size) => {
  const folder = await scratch();
  const path = join(folder, 'stale.wav');
  await ffmpeg('-f', 'lavfi', '-i', toneSource(8), path);
  const wav = await readFile(path);
  wav.writeUInt32LE(size, wav.indexOf('data') + 4);
  await writeFile(path, wav);
  for (const stream of [decodeFile(path), createReadStream(path).pipe(decode())]) {
    const { pcm, warnings } = await drain(stream);
    expect(tonesIn(pcm).map(({ second }) => second)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(warnings).toEqual([]);
  }
});

test('decodes no chunk after the audio as audio', async () => {
  const path = join(await scratch(), 'tagged.wav');
  await ffmpeg('-f', 'lavfi', '-i', toneSource(2), path);
  const wav = await readFile(path);
  const list = Buffer.concat([Buffer.from('LIST\xe8\x03\0\0', 'latin1'), Buffer.alloc(1000, 0x7f)]);
  await writeFile(path, Buffer.concat([wav, list]));
  for (const stream of [decodeFile(path), createReadStream(path).pipe(decode())]) {
    expect((await drain(stream)).pcm.length).toBe(2 * 32_000);
  }
});

test.each(['wav', 'm4a'])('converts all of a file that consists of two %s files', async (extension) => {
  const folder = await scratch();
  const [path, output] = [join(folder, `two.${extension}`), join(folder, 'output.opus')];
  await writeFile(path, Buffer.concat(await pieces(folder, extension, '')));
  await convertFile(path, output);
  expect(await outcomes(output)).toEqual(BOTH);
});

test('reports a truncated stream of a WAV with what is missing', async () => {
  const path = join(await scratch(), 'cut.wav');
  await ffmpeg('-f', 'lavfi', '-i', toneSource(60), path);
  const wav = await readFile(path);
  await writeFile(path, wav.subarray(0, -16_000));
  for (const stream of [decodeFile(path), createReadStream(path).pipe(decode())]) {
    const messages: string[] = [];
    stream.on('warning', ({ message }) => messages.push(message));
    await drain(stream);
    expect(messages).toEqual([expect.stringContaining('0.5 s are missing')]);
  }
});
