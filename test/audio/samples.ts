import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { decode } from '../../lib/audio/decode.ts';
import type { DecodeOptions } from '../../lib/audio/decode-file.ts';
import type { FunAsrError } from '../../lib/core/errors.ts';

const installer: { path: string } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg');

/** The FFmpeg that encodes all samples, whichever decodes them: it has encoders that others do not have. */
export const ENCODER = installer.path;

/** 7.1 s of real speech, 16 kHz mono s16le. */
export const SPEECH = 'fixtures/leisure.wav';
export const SPEECH_SECONDS = 7.1;

export async function ffmpeg(...args: string[]): Promise<Buffer> {
  const { stdout } = await promisify(execFile)(
    ENCODER,
    ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y', ...args],
    { encoding: 'buffer', maxBuffer: 2 ** 30 },
  );
  return stdout;
}

/** A folder that is removed when the test ends. */
export async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fun-asr-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Encodes the speech to a file; `args` are the arguments between input and output, separated by spaces. */
export async function sample(folder: string, name: string, args = ''): Promise<string> {
  const path = join(folder, name);
  await ffmpeg('-i', SPEECH, ...args.split(' ').filter(Boolean), path);
  return path;
}

/** Reads a stream of PCM to its end. @returns The PCM, and the codes of its warnings. */
export async function drain(pcm: Readable): Promise<{ pcm: Buffer; warnings: string[] }> {
  const warnings: string[] = [];
  pcm.on('warning', (warning: FunAsrError) => warnings.push(warning.code));
  return { pcm: await buffer(pcm), warnings };
}

/** Sends a file through decode() as a stream of bytes. */
export function streamed(path: string, options?: DecodeOptions): Readable {
  const stage = decode(options);
  return createReadStream(path, { highWaterMark: 10_007 }).pipe(stage);
}

/** Loudness of each 50 ms, which is similar for the same speech in different codecs. */
export function envelope(pcm: Buffer): number[] {
  const size = 1600;
  return Array.from({ length: Math.floor(pcm.length / size) }, (_, index) => {
    let sum = 0;
    for (let at = 0; at < size; at += 2) sum += pcm.readInt16LE(index * size + at) ** 2;
    return Math.sqrt(sum / (size / 2));
  });
}

/** Similarity of two envelopes, at most 1. One may be delayed by up to 200 ms, because codecs differ in that. */
export function likeness(a: number[], b: number[]): number {
  const lags = [0, 1, 2, 3, 4];
  return Math.max(...lags.flatMap((lag) => [correlation(a.slice(lag), b), correlation(a, b.slice(lag))]));
}

/** Pearson's correlation over the length of the shorter one. */
function correlation(a: number[], b: number[]): number {
  const n = Math.min(a.length, b.length);
  const mean = (row: number[]): number => row.slice(0, n).reduce((sum, x) => sum + x, 0) / n;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < n; i += 1) {
    const [x, y] = [(a[i] ?? 0) - meanA, (b[i] ?? 0) - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}
