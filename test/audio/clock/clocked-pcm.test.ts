import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { ClockedPcm } from '../../../lib/audio/clock/clocked-pcm.ts';
import { ENCODER, ffmpeg } from '../samples.ts';
import { PacketGaps } from '../../../lib/audio/clock/packet-gaps.ts';
import { toneSource, tonesIn } from './tones.ts';

const GAP = "asetpts='PTS+gt(T,1.5)*2.25/TB'";
const TIMED = '-c:a pcm_s16le -avoid_negative_ts disabled -f smjpeg pipe:1'.split(' ');

const timed = await ffmpeg(
  '-f',
  'lavfi',
  '-i',
  toneSource(4),
  '-af',
  GAP,
  '-metadata',
  'title=A = b',
  ...TIMED,
);

function clocked(bytes: Buffer, cuts: readonly number[], startMs?: number): Buffer {
  const ends = [...new Set(cuts), bytes.length].sort((a, b) => a - b);
  const pcm = new ClockedPcm(16_000);
  return Buffer.concat(
    ends.flatMap((end, n) => [...pcm.feed(Buffer.from(bytes.subarray(ends[n - 1] ?? 0, end)), startMs)]),
  );
}

test('puts silence into a gap, however the bytes are cut', () => {
  const whole = clocked(timed, []);
  expect(tonesIn(whole).map(({ at }) => at.toFixed(2))).toEqual(['0.00', '1.00', '4.25', '5.25']);
  assert(
    property(array(integer({ min: 1, max: timed.length }), { maxLength: 40 }), (cuts) => {
      expect(clocked(timed, cuts).equals(whole)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('cuts no packet when single bytes arrive', () => {
  const head = timed.subarray(0, 5000);
  expect(clocked(head, Array.from(head.keys())).equals(clocked(head, []))).toBe(true);
});

test('counts from the start that it is given', () => {
  expect(clocked(timed, [], -1500).length - clocked(timed, [], 0).length).toBe(1.5 * 32_000);
});

test('reads the metadata of the source', () => {
  const pcm = new ClockedPcm(16_000);
  for (const _ of pcm.feed(Buffer.from(timed), undefined));
  expect(pcm.metadata.get('title')).toBe('A = b');
});

test('finds the gaps of packets, and none where there are none', async () => {
  expect(ENCODER).toBeTruthy();
  for (const [container, codec, filter, isFound] of [
    ['mp4', 'aac', GAP, true],
    ['matroska', 'libopus', GAP, true],
    ['mpegts', 'aac', GAP, true],
    ['mp4', 'aac', 'anull', false],
    ['matroska', 'libopus', 'anull', false],
    ['flv', 'aac', 'anull', false],
    ['mpegts', 'libmp3lame', 'anull', false],
  ] as const) {
    const sound = ['-f', 'lavfi', '-i', toneSource(20, 48_000), '-af', filter, '-c:a', codec, '-ar', '48000'];
    const flags = container === 'mp4' ? ['-movflags', 'frag_keyframe+empty_moov'] : [];
    const encoded = await ffmpeg(...sound, ...flags, '-f', container, 'pipe:1');
    const list = await listOf(encoded);
    const gaps = new PacketGaps(container === 'mpegts' ? 1400 : 0);
    for (let at = 0; at < list.length; at += 1000) gaps.feed(list.subarray(at, at + 1000));
    expect({ container, codec, filter, isFound: gaps.isFound }).toEqual({
      container,
      codec,
      filter,
      isFound,
    });
  }
});

async function listOf(encoded: Buffer): Promise<Buffer> {
  const { spawnSync } = await import('node:child_process');
  return spawnSync(ENCODER, '-v error -copyts -i pipe:0 -c:a copy -f framecrc pipe:1'.split(' '), {
    input: encoded,
    maxBuffer: 2 ** 28,
  }).stdout;
}
