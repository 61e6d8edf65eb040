import { expect, test } from 'vitest';
import { FfmpegLog } from '../../../../lib/audio/ffmpeg/log/ffmpeg-log.ts';

const TEXT = `[mp3 @ 0x227b5d00] [warning] Estimating duration from bitrate, this may be inaccurate
[info] Input #0, mp3, from 'file:/a.mp3':
[info]   Duration: 00:01:40.78, start: 0.000000, bitrate: 55 kb/s
[info]     Stream #0:0: Audio: mp3, 44100 Hz, stereo, fltp, 56 kb/s
[mp3float @ 0x227b5d01] [error] Header missing
[fatal] Conversion failed!
`;

test('collects messages of severity error and above, without their context', () => {
  const log = new FfmpegLog();
  log.feed(TEXT);
  expect(log.errors).toEqual(['Header missing', 'Conversion failed!']);
});

test('returns the same result however the log is cut', () => {
  const log = new FfmpegLog();
  for (const character of TEXT) log.feed(character);
  expect(log.errors).toEqual(['Header missing', 'Conversion failed!']);
  expect(log.media).toMatchObject({ container: 'mp3', durationMs: 100_780, durationIsEstimate: true });
});

test('includes a last line without a line break', () => {
  const log = new FfmpegLog();
  log.feed('[error] cut off');
  expect(log.errors).toEqual(['cut off']);
});

test('keeps the last 8 KB of many errors, and the description of the input', () => {
  const log = new FfmpegLog();
  log.feed(TEXT);
  for (let line = 0; line < 50_000; line += 1) log.feed(`[aac @ 0x1] [error] damaged frame ${line}\n`);
  expect(log.errors.join('\n').length).toBeLessThanOrEqual(8192);
  expect(log.errors.at(-1)).toBe('damaged frame 49999');
  expect(log.media?.container).toBe('mp3');
});

test('does not mistake a file name for an error', () => {
  const log = new FfmpegLog();
  log.feed(`[info] Input #0, wav, from 'file:/[error] boo.wav':\n`);
  expect(log.errors).toEqual([]);
});

test('takes the duration of the output from the summary, and 0 before it', () => {
  const log = new FfmpegLog();
  log.feed('[info]     title           : size=1kB time=00:00:09.00 is not a summary\n');
  expect(log.outputMs).toBe(0);
  log.feed('[info] size=      63kB time=01:02:07.13 bitr');
  log.feed('ate=  72.4kbits/s speed=58.3x    \n[info] video:0kB audio:63kB\n');
  expect(log.outputMs).toBeCloseTo(3_727_130);
});
