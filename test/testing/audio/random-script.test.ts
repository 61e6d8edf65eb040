import { describe, expect, it } from 'vitest';
import { randomScript } from '../../../lib/testing/audio/random-script.ts';
import { checkScript, type Script } from '../../../lib/testing/audio/script.ts';

const SCRIPTS = Array.from({ length: 200 }, (_, seed) => randomScript(seed));

/** Returns the silence before each sentence except the first. */
function pauses({ sentences }: Script): number[] {
  return sentences.slice(1).map(({ begin_time }, index) => begin_time - (sentences[index]?.end_time ?? 0));
}

describe('a random script', () => {
  it('is the same for the same seed only', () => {
    expect(randomScript(5, { durationMs: 60_000 })).toEqual(randomScript(5, { durationMs: 60_000 }));
    expect(randomScript(5)).not.toEqual(randomScript(6));
  });

  it('is valid at any length', () => {
    for (const script of SCRIPTS) checkScript(script);
    for (const durationMs of [0, 1, 150, 3_600_000]) checkScript(randomScript(3, { durationMs }));
    expect(randomScript(3, { durationMs: 3_600_000 }).sentences.length).toBeGreaterThan(1000);
  });

  it('contains missing pauses, long silences and repeated words', () => {
    const every = SCRIPTS.flatMap(pauses);
    expect(every.filter((pause) => pause === 0).length).toBeGreaterThan(50);
    expect(every.filter((pause) => pause >= 3000).length).toBeGreaterThan(50);
    const repeats = SCRIPTS.flatMap(({ sentences }) =>
      sentences.filter(({ text }, index) => text && text === sentences[index - 1]?.text),
    );
    expect(repeats.length).toBeGreaterThan(50);
  });

  it('rejects a negative length', () => {
    expect(() => randomScript(1, { durationMs: -1 })).toThrow(/durationMs must be an integer/);
  });
});
