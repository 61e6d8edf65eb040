import { expect, test } from 'vitest';
import type { SingleChannelSpan } from '../../../lib/audio/channels/cancellation.ts';
import { ChannelMix, ChannelPick } from '../../../lib/audio/channels/channel-mix.ts';
import { layoutMask } from '../../../lib/media/channel-layout.ts';
import { BLOCK_FRAMES, interleaved } from './blocks.ts';

function mixed(blocks: readonly Int16Array[], layout = { channels: 2, mask: 0 }) {
  const spans: SingleChannelSpan[] = [];
  const mix = new ChannelMix({
    ...layout,
    sampleRate: 16_000,
    centre: 'auto',
    onSingleChannel: (span) => spans.push(span),
  });
  // The mix overwrites the memory of its input.
  const mono = [...blocks.flatMap((block) => [...mix.feed(block.slice())]), ...mix.end()];
  return { mono, spans };
}

test('averages two channels, and rounds up', () => {
  expect([...(mixed([Int16Array.of(1, 2, -1, -2, 32_767, 32_767)]).mono[0] ?? [])]).toEqual([2, -1, 32_767]);
});

test('gives one block of mono for each block, in order', () => {
  const { mono } = mixed([interleaved([800, 800]), interleaved([400, 400])]);
  expect(mono.map(({ length }) => length)).toEqual([BLOCK_FRAMES, BLOCK_FRAMES]);
  expect(mono.map((block) => Math.max(...block))).toEqual([800, 400]);
});

test('fades to the louder channel within 5 ms where the channels cancel each other out, and reports the span', () => {
  const blocks = Array.from({ length: 4 }, () => interleaved([1000, -800]));
  const { mono, spans } = mixed(blocks);
  const left = interleaved([1000]);
  expect([...(mono[0] ?? [])].slice(80)).toEqual([...left].slice(80));
  expect(Math.abs((mono[0]?.[8] ?? 0) - (left[8] ?? 0))).toBeGreaterThan(100);
  expect(spans).toEqual([{ beginMs: 0, endMs: 400, channel: 0 }]);
});

test('holds back ten blocks of a layout with a centre, and loses none', () => {
  const surround = { channels: 6, mask: layoutMask('5.1') };
  const blocks = Array.from({ length: 15 }, () => interleaved([0, 0, 1000, 0, 0, 0]));
  const mix = new ChannelMix({ ...surround, sampleRate: 16_000, centre: 'auto', onSingleChannel: () => {} });
  const during = blocks.map((block) => [...mix.feed(block)].length);
  expect(during).toEqual([...Array.from({ length: 10 }, () => 0), ...Array.from({ length: 5 }, () => 1)]);
  expect([...mix.end()]).toHaveLength(10);
});

test('picks one channel', () => {
  const [mono = []] = [...new ChannelPick(3, 1).feed(Int16Array.of(1, 2, 3, 4, 5, 6))];
  expect([...mono]).toEqual([2, 5]);
});
