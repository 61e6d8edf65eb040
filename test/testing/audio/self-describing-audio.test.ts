import { buffer } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomScript } from '../../../lib/testing/audio/random-script.ts';
import { renderAudio, selfDescribingAudio } from '../../../lib/testing/audio/self-describing-audio.ts';

const SCRIPT = randomScript(4);

function loudest(pcm: Buffer): number {
  const samples = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2);
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

describe('self-describing audio', () => {
  it.each([8000, 16_000] as const)('has the length of its script at %d Hz', async (sampleRate) => {
    const pcm = await buffer(selfDescribingAudio(SCRIPT, { sampleRate }));
    expect(pcm.length).toBe((SCRIPT.durationMs * sampleRate * 2) / 1000);
  });

  it('is rendered the same from any position', async () => {
    const whole = await buffer(selfDescribingAudio(SCRIPT));
    const place = fc.integer({ min: 0, max: whole.length / 2 });
    fc.assert(
      fc.property(place, place, (one, other) => {
        const [start, end] = [Math.min(one, other), Math.max(one, other)];
        expect(renderAudio(SCRIPT, start, end).equals(whole.subarray(start * 2, end * 2))).toBe(true);
      }),
    );
  });

  it('never repeats a block, not even in silence', async () => {
    const whole = await buffer(selfDescribingAudio({ durationMs: 60_000, sentences: [] }));
    const blocks = new Set<string>();
    for (let at = 0; at < whole.length; at += 16) blocks.add(whole.toString('latin1', at, at + 16));
    expect(blocks.size).toBe(whole.length / 16);
  });

  it('is loud in sentences and quiet between them', () => {
    const { begin_time, end_time } = SCRIPT.sentences[0] ?? { begin_time: 0, end_time: 0 };
    expect(loudest(renderAudio(SCRIPT, begin_time * 16, end_time * 16))).toBeGreaterThan(16_000);
    expect(loudest(renderAudio(SCRIPT, 0, begin_time * 16))).toBeLessThan(128);
  });

  it('can be destroyed before its end', async () => {
    const stopping = new AbortController();
    const audio = selfDescribingAudio(SCRIPT, { signal: stopping.signal });
    for await (const _chunk of audio) break;
    expect(audio.destroyed).toBe(true);
    const other = selfDescribingAudio(SCRIPT, { signal: stopping.signal });
    stopping.abort();
    await expect(buffer(other)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('rejects an invalid script and other sample rates', () => {
    const sentences = [{ begin_time: 5, end_time: 3 }];
    expect(() => selfDescribingAudio({ durationMs: 10, sentences })).toThrow(/sentence 1/);
    const sampleRate = 44_100 as 16_000;
    expect(() => selfDescribingAudio(SCRIPT, { sampleRate })).toThrow(/must be one of 8000, 16000/);
  });
});
