import { expect, test } from 'vitest';
import { PacketGaps } from '../../../lib/audio/clock/packet-gaps.ts';

/** A list of packets of 20 ms at these times, in ms, as FFmpeg writes it. */
function listOf(times: readonly number[], lastDuration = 20): string {
  const packets = times.map(
    (time, index) => `0, ${time}, ${time}, ${index === times.length - 1 ? lastDuration : 20}, 60, 0x1\n`,
  );
  return `#software: Lavf\n#tb 0: 1/1000\n${packets.join('')}`;
}

function isFoundIn(list: string, startMs = 0, pieceBytes = list.length): boolean {
  const gaps = new PacketGaps(startMs);
  for (let at = 0; at < list.length; at += pieceBytes)
    gaps.feed(Buffer.from(list.slice(at, at + pieceBytes)));
  return gaps.isFound;
}

test.each([
  ['packets one after the other', [0, 20, 40, 60], false],
  ['times that are rounded by half a packet', [0, 20, 50, 60], false],
  ['a lost packet', [0, 20, 60, 80], true],
  ['a start that is rounded', [30, 50, 70], false],
  ['a late start', [31, 51, 71], true],
  ['packets before the start, for the decoder', [-40, -20, 0, 20], false],
])('judges %s', (_, times, isFound) => {
  expect(isFoundIn(listOf(times))).toBe(isFound);
});

test('reads lines that are cut anywhere', () => {
  const list = listOf([0, 20, 60, 80]);
  for (const bytes of [1, 7, 30]) expect(isFoundIn(list, 0, bytes)).toBe(true);
});

test('counts from the start of the recording', () => {
  expect(isFoundIn(listOf([1400, 1420, 1440]), 1400)).toBe(false);
  expect(isFoundIn(listOf([1400, 1420, 1440]), 0)).toBe(true);
});

test('uses the shortest packet as the duration of all: that before a gap lasts as long as the gap', () => {
  const list = listOf([0, 20], 1000) + '0, 1020, 1020, 20, 60, 0x1\n';
  expect(isFoundIn(list)).toBe(true);
});
