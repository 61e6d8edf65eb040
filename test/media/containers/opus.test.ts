import { describe, expect, it } from 'vitest';
import {
  opusPacketSamples,
  opusTags,
  readOpusHead,
  withPreSkip,
} from '../../../lib/media/containers/opus.ts';
import { readOggPage } from '../../../lib/media/containers/ogg-page.ts';
import { oggOpus, packetsOf } from '../../audio/packets.ts';

describe('opusPacketSamples()', () => {
  it.each([
    ['10 ms of SILK', [0 << 3], 480],
    ['60 ms of SILK', [3 << 3], 2880],
    ['20 ms of both', [13 << 3], 960],
    ['2.5 ms of CELT', [16 << 3], 120],
    ['two frames of 20 ms', [(31 << 3) | 1], 1920],
    ['six frames of 20 ms', [(31 << 3) | 3, 6], 5760],
  ])('knows the duration of %s', (_name, bytes, samples) => {
    expect(opusPacketSamples(Buffer.from([...bytes, 0, 0]))).toBe(samples);
  });

  it.each([
    ['no bytes', []],
    ['no frames', [(31 << 3) | 3, 0]],
    ['no count of frames', [(31 << 3) | 3]],
    ['more than 120 ms', [(31 << 3) | 3, 7]],
  ])('knows that %s is not a packet', (_name, bytes) => {
    expect(opusPacketSamples(Buffer.from(bytes))).toBeUndefined();
  });

  it('agrees with FFmpeg about a file', async () => {
    const packets = await packetsOf(
      await oggOpus('-f', 'lavfi', '-i', 'sine=duration=3', '-frame_duration', '60'),
    );
    const samples = packets.reduce((sum, packet) => sum + (opusPacketSamples(packet) ?? 0), 0);
    expect(samples).toBeGreaterThanOrEqual(3 * 48_000);
    expect(samples).toBeLessThan(3 * 48_000 + 2 * 2880);
  });
});

describe('the headers of Opus', () => {
  it('are read and written', async () => {
    const ogg = await oggOpus('-f', 'lavfi', '-i', 'sine=duration=1');
    const head = readOpusHead(readOggPage(ogg)?.page?.body ?? Buffer.alloc(0));
    expect(head).toMatchObject({ channels: 1, preSkip: 312 });
    expect(head && readOpusHead(withPreSkip(head, 0))).toMatchObject({ channels: 1, preSkip: 0 });
    expect(readOpusHead(opusTags('name'))).toBeUndefined();
    expect(opusTags('name').toString('latin1')).toBe('OpusTags\x04\0\0\0name\0\0\0\0');
  });
});
