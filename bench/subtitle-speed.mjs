// CPU time and peak memory of srt() on a long transcript, compared with @deepgram/captions: building its input and writing.
//
//   npm run build && node bench/subtitle-speed.mjs [hours]
//
// Each in a process of its own, in English, Chinese and Japanese, on the same sentences: the passages of subtitle-quality,
// again and again. Making these sentences is in both times. Exits with 1 when ours takes more than the target.
import { spawnSync } from 'node:child_process';

const TARGET_RATIO = 3;
const WRITER = new URL('subtitles/write-hours.mjs', import.meta.url).pathname;

const hours = Number(process.argv[2] ?? 100);
for (const language of ['en', 'zh', 'ja']) {
  const ours = measure('ours', language);
  const theirs = measure('deepgram', language);
  const ratio = ours.cpuMs / theirs.cpuMs;
  console.log(
    `${language}, ${hours} h: ours ${describe(ours)}; @deepgram/captions ${describe(theirs)}; ratio of CPU ${ratio.toFixed(2)} (target ${TARGET_RATIO}), of memory ${(ours.peakMb / theirs.peakMb).toFixed(2)}`,
  );
  if (ratio > TARGET_RATIO) process.exitCode = 1;
}

function measure(writer, language) {
  const args = ['--max-old-space-size=16384', WRITER, writer, language, String(hours)];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${writer} ended with ${status}`);
  return JSON.parse(stdout);
}

function describe({ cpuMs, peakMb, bytes }) {
  return `${(cpuMs / 1000).toFixed(1)} s of CPU, peak ${peakMb.toFixed(0)} MB, ${(bytes / 1e6).toFixed(1)} MB written`;
}
