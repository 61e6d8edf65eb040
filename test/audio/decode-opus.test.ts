import { once } from 'node:events';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeOpus, type DecodeOpusOptions, type OpusPacket } from '../../lib/audio/decode-opus.ts';
import type { FunAsrError } from '../../lib/core/errors.ts';
import { opusPacketSamples } from '../../lib/media/containers/opus.ts';
import { oggOpus, packetsOf } from './packets.ts';

const SPEECH = fileURLToPath(new URL('../../fixtures/himself.ogg', import.meta.url));
/** Two seconds of a tone of 440 Hz. */
const TONE = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=2:sample_rate=48000'];

interface Decoded {
  readonly pcm: Buffer;
  readonly warnings: FunAsrError[];
}

async function decoded(
  packets: readonly (Uint8Array | OpusPacket)[],
  options?: DecodeOpusOptions,
): Promise<Decoded> {
  const warnings: FunAsrError[] = [];
  const stage = Readable.from(packets).pipe(decodeOpus(options));
  stage.on('warning', (warning) => warnings.push(warning));
  return { pcm: Buffer.concat(await stage.toArray()), warnings };
}

/** Root mean square of the samples between two times in ms, at 16 kHz. */
function levelOf(pcm: Buffer, fromMs: number, toMs: number): number {
  let sum = 0;
  for (let at = fromMs * 32; at < toMs * 32; at += 2) sum += pcm.readInt16LE(at) ** 2;
  return Math.sqrt(sum / ((toMs - fromMs) * 16));
}

describe('decodeOpus()', () => {
  it.each([2.5, 5, 10, 20, 40, 60])('decodes packets of %d ms to their exact duration', async (frameMs) => {
    const packets = await packetsOf(await oggOpus(...TONE, '-frame_duration', String(frameMs)));
    expect(opusPacketSamples(packets[1] ?? Buffer.alloc(0))).toBe(frameMs * 48);
    const { pcm, warnings } = await decoded(packets);
    expect(pcm.length).toBe(packets.length * frameMs * 32);
    expect(levelOf(pcm, 500, 1500)).toBeGreaterThan(1000);
    expect(warnings).toEqual([]);
  });

  it('mixes two channels to one', async () => {
    const left = ['-af', 'pan=stereo|c0=c0'];
    const [mono, stereo] = await Promise.all([
      decoded(await packetsOf(await oggOpus(...TONE, '-b:a', '96k'))),
      decoded(await packetsOf(await oggOpus(...TONE, ...left, '-b:a', '96k'))),
    ]);
    expect(stereo.pcm.length).toBe(mono.pcm.length);
    const ratio = levelOf(stereo.pcm, 500, 1500) / levelOf(mono.pcm, 500, 1500);
    expect(ratio).toBeCloseTo(0.5, 1);
  });

  it.each([8000, 16_000, 24_000, 48_000] as const)('gives PCM at %i Hz', async (sampleRate) => {
    const packets = await packetsOf(await oggOpus('-i', SPEECH));
    const { pcm } = await decoded(packets, { sampleRate });
    expect(pcm.length / 2 / sampleRate).toBeCloseTo(packets.length * 0.02, 5);
  });

  it('replaces lost packets, given as empty ones, by silence of their duration', async () => {
    const packets = await packetsOf(await oggOpus(...TONE));
    const lossy = packets.map((packet, index) => (index >= 30 && index < 50 ? Buffer.alloc(0) : packet));
    const { pcm, warnings } = await decoded(lossy);
    expect(pcm.length).toBe(packets.length * 640);
    expect(levelOf(pcm, 600, 1000)).toBe(0);
    expect(levelOf(pcm, 1100, 1900)).toBeGreaterThan(1000);
    expect(warnings).toEqual([]);
  });

  it('fills steps of the timestamps with silence, also where they begin again at 0', async () => {
    const packets = await packetsOf(await oggOpus(...TONE));
    const timed = packets
      .map((data, index) => ({ data, timestamp: (2 ** 32 - 40 * 960 + index * 960) % 2 ** 32 }))
      .filter((_packet, index) => index < 30 || index >= 50);
    const { pcm, warnings } = await decoded(timed);
    expect(pcm.length).toBe(packets.length * 640);
    expect(levelOf(pcm, 600, 1000)).toBe(0);
    expect(levelOf(pcm, 1100, 1900)).toBeGreaterThan(1000);
    expect(warnings).toEqual([]);
  });

  it('drops packets that are late or repeated, with a warning', async () => {
    const [first, second, third] = await packetsOf(await oggOpus(...TONE));
    const timed = [
      { data: first, timestamp: 5000 },
      { data: third, timestamp: 5000 + 1920 },
      { data: second, timestamp: 5000 + 960 },
      { data: third, timestamp: 5000 + 1920 },
    ] as OpusPacket[];
    const { pcm, warnings } = await decoded(timed);
    expect(pcm.length).toBe(3 * 640);
    expect(warnings).toMatchObject([{ code: 'W_PACKET' }, { code: 'W_PACKET' }]);
  });

  it.each([
    ['forward', 11 * 60 * 48_000],
    ['back', -60 * 48_000],
  ])('continues without silence when timestamps step far %s', async (_direction, step) => {
    const [data = Buffer.alloc(0)] = await packetsOf(await oggOpus(...TONE));
    const start = 100 * 48_000;
    const { pcm, warnings } = await decoded([
      { data, timestamp: start },
      { data, timestamp: start + step },
      { data, timestamp: start + step + 960 },
    ]);
    expect(pcm.length).toBe(3 * 640);
    expect(warnings).toMatchObject([
      { code: 'W_PACKET', message: expect.stringContaining(`${Math.round(step / 48_000)} s away`) },
    ]);
  });

  it('replaces a packet that cannot be decoded by silence, and continues', async () => {
    const packets = await packetsOf(await oggOpus(...TONE));
    const damaged = packets.map((packet, index) => (index === 40 ? Buffer.from([0xff, 0xff, 0xff]) : packet));
    const { pcm, warnings } = await decoded(damaged);
    expect(pcm.length).toBe(packets.length * 640);
    expect(levelOf(pcm, 1100, 1900)).toBeGreaterThan(1000);
    expect(warnings).toMatchObject([{ code: 'W_PACKET' }]);
  });

  it('fails when a chunk is not a packet', async () => {
    const chunks: unknown[] = ['text', 5, { data: 'text' }, { data: Buffer.alloc(1), timestamp: 'now' }];
    for (const chunk of chunks) {
      await expect(decoded([chunk as OpusPacket])).rejects.toMatchObject({ code: 'E_OPTION' });
    }
  });

  it('gives the same PCM for 20 streams at a time as for one, and refuses more with opusscript', async () => {
    const packets = await packetsOf(await oggOpus('-i', SPEECH));
    const alone = await decoded(packets);
    const stages = Array.from({ length: 20 }, () => decodeOpus());
    for (const stage of stages) stage.write(packets[0]);
    await Promise.all(stages.map((stage) => once(stage, 'readable')));
    await expect(decoded(packets)).rejects.toMatchObject({
      code: 'E_CODEC',
      hint: expect.stringContaining('@discordjs/opus'),
    });
    const outputs = stages.map((stage) => Readable.from(packets.slice(1)).pipe(stage).toArray());
    for (const output of outputs) expect(Buffer.concat(await output).equals(alone.pcm)).toBe(true);
    // The streams that have ended make room.
    expect((await decoded(packets)).pcm.equals(alone.pcm)).toBe(true);
  });
});
