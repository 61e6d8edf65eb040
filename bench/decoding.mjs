// CPU time of the way of a recording, FFmpeg included, compared with FFmpeg alone, which writes the same PCM to /dev/null:
// decodeFile() and frame(), and transcribe() with a service in another process, to which the audio is sent. One hour each of
// mp3, m4a, flac and opus, alternating.
//
//   npm run build && node bench/decoding.mjs [rounds]
//
// Prints for each format the least CPU times and their ratios, and the mean ratio over all formats. Exits with 1 if a ratio
// of decoding, or the mean ratio of the whole way, is above its target.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { decodeFile, frame, probe, transcribe } from '../dist/index.js';
import { cpuOf, decodeBare, FORMATS, ffmpeg, hourOf } from './decoding/hour.mjs';

const SENTENCE_MS = 3000;
const DECODING_TARGET = 1.15;
const WHOLE_TARGET = 1.2;

const rounds = Number(process.argv[2] ?? 3);
const folder = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
const service = fork(new URL('decoding/service.mjs', import.meta.url));
try {
  const [baseUrl] = await once(service, 'message');
  console.log(`FFmpeg ${ffmpeg.version}, one hour of 44.1 kHz stereo each, best of ${rounds} rounds`);
  const wholeRatios = [];
  for (const format of Object.keys(FORMATS)) {
    const recording = hourOf(format, folder);
    const [bare, decoding, whole] = [[], [], []];
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await cpuOf(() => decodeBare(recording)));
      decoding.push(await cpuOf(() => finished(decodeFile(recording).pipe(frame()).resume())));
      whole.push(await cpuOf(() => recogniseAll(recording, baseUrl)));
    }
    const [bareLeast, decodingLeast, wholeLeast] = [bare, decoding, whole].map((all) => Math.min(...all));
    const [decodingRatio, wholeRatio] = [decodingLeast / bareLeast, wholeLeast / bareLeast];
    wholeRatios.push(wholeRatio);
    console.log(
      `${format}: FFmpeg alone ${bareLeast.toFixed(2)} s of CPU; decoding ${decodingLeast.toFixed(2)} s, ${verdict(decodingRatio, DECODING_TARGET)}; whole way ${wholeLeast.toFixed(2)} s, ratio ${wholeRatio.toFixed(3)}`,
    );
  }
  const mean = wholeRatios.reduce((sum, ratio) => sum + ratio, 0) / wholeRatios.length;
  console.log(`whole way over all formats: ${verdict(mean, WHOLE_TARGET)}`);
} finally {
  service.kill();
  rmSync(folder, { recursive: true });
}

async function recogniseAll(recording, baseUrl) {
  let sentences = 0;
  for await (const _ of transcribe(recording, { baseUrl, apiKey: 'any' })) sentences += 1;
  const { durationMs } = await probe(recording);
  if (sentences < Math.floor(durationMs / SENTENCE_MS) - 1) throw new Error(`only ${sentences} sentences`);
}

function verdict(ratio, target) {
  if (ratio > target) process.exitCode = 1;
  return `ratio ${ratio.toFixed(3)} (${ratio > target ? `above ${target}` : 'ok'})`;
}
