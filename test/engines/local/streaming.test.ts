import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLocalEngine } from '../../../lib/engines/local/local-engine.ts';
import { findSherpa } from '../../../lib/engines/local/runtime/sherpa.ts';
import { addModel } from '../../../lib/engines/models/added-models.ts';
import type { Engine, EngineSentence, EngineStreamOptions } from '../../../lib/service/engine.ts';
import { copyVoiceDetector } from '../../support/voice-detector.ts';
import { pcmOf } from './recording.ts';

const MODELS = fileURLToPath(new URL('../../../fixtures/models/', import.meta.url));

interface Request extends Partial<Pick<EngineStreamOptions, 'partials' | 'maxSentenceSilence'>> {
  /** Time after each chunk of 100 ms, in which partial results are made. @default none */
  readonly pauseMs?: number;
}

async function recognize(engine: Engine, pcm: Buffer, request: Request = {}): Promise<EngineSentence[]> {
  const sentences: EngineSentence[] = [];
  const onSentence = (sentence: EngineSentence): void => void sentences.push(sentence);
  const { pauseMs, ...options } = request;
  const stream = engine.open({ maxSentenceSilence: 800, partials: false, onSentence, ...options });
  for (let at = 0; at < pcm.length; at += 3200) {
    await stream.write(pcm.subarray(at, at + 3200));
    if (pauseMs !== undefined) await setTimeout(pauseMs);
  }
  await stream.end();
  return sentences;
}

const finalsOf = (sentences: readonly EngineSentence[]): EngineSentence[] =>
  sentences.filter(({ end_time }) => end_time !== null);

describe('an engine with a streaming model', () => {
  let cacheDir: string;
  let engine: Engine;

  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'fun-asr-streams-test-'));
    await copyVoiceDetector(cacheDir);
    const added = { cacheDir, name: 'mine', languages: ['zh'], findSherpa };
    await addModel(join(MODELS, 'streaming-transducer'), added);
    engine = await openLocalEngine({ model: 'mine', cacheDir, partials: true });
  });

  /** Recognises with a test model that was not added. */
  async function recognizeWith(model: string, pcm: Buffer): Promise<EngineSentence[]> {
    const opened = await openLocalEngine({ model: join(MODELS, model), cacheDir });
    try {
      return await recognize(opened, pcm);
    } finally {
      await opened.close();
    }
  }

  afterAll(async () => {
    await engine.close();
    await rm(cacheDir, { recursive: true, force: true });
  });

  it.each([['transducer'], ['zipformer-ctc']])(
    'recognises the same words at the same times with a streaming %s as with one for whole segments',
    async (family) => {
      const pcm = await pcmOf('sense-and-sensibility.mp3');
      const expected = await recognizeWith(family, pcm);
      expect(expected.map(({ text }) => text).join('')).toMatch(/^[你好我是今天的水]{40,}$/u);
      expect(await recognizeWith(`streaming-${family}`, pcm)).toEqual(expected);
    },
  );

  it('estimates the times of words of a streaming paraformer, which has none', async () => {
    const sentences = await recognizeWith('streaming-paraformer', await pcmOf('ill-disposed.mp3'));
    expect(sentences).toMatchObject([{ word_times: 'estimated' }]);
    expect(sentences[0]?.text).toMatch(/^[你好我是今天的水]{8,}$/u);
  });

  it('gives the same sentences with partial results, also where speech without a pause is cut', async () => {
    const speech = await pcmOf('leisure.wav');
    // 28 s without a pause of 0.4 s.
    const pcm = Buffer.concat(Array.from({ length: 4 }, () => speech));
    for (const maxSentenceSilence of [300, 1300]) {
      const expected = await recognize(engine, pcm, { maxSentenceSilence });
      const sentences = await recognize(engine, pcm, { maxSentenceSilence, partials: true, pauseMs: 5 });
      expect(finalsOf(sentences)).toEqual(expected);
      expect(sentences.length).toBeGreaterThan(10 * expected.length);
    }
  });

  it('gives partial results with the words of up to a second ago, while the speech continues', async () => {
    const pcm = await pcmOf('ill-disposed.mp3');
    const [final] = await recognizeWith('transducer', pcm);
    const textUntil = (ms: number): string =>
      (final?.words ?? []).map(({ begin_time, text }) => (begin_time <= ms ? text : '')).join('');
    const partials: string[] = [];
    const onSentence = ({ text, end_time }: EngineSentence): void =>
      void partials.push(end_time === null ? text : 'final');
    const stream = engine.open({ maxSentenceSilence: 800, partials: true, onSentence });
    const step = 500;
    for (let ms = step; ms <= 2500; ms += step) {
      await stream.write(pcm.subarray(32 * (ms - step), 32 * ms));
      const known = textUntil(ms - 1000);
      await expect.poll(() => (partials.at(-1) ?? '').startsWith(known)).toBe(true);
    }
    expect(textUntil(1500).length).toBeGreaterThan(textUntil(500).length);
    expect(partials).not.toContain('final');
    for (const [index, text] of partials.entries())
      expect(text.startsWith(partials[index - 1] ?? '')).toBe(true);
    stream.destroy();
  });

  it('gives no sentences for silence', async () => {
    expect(await recognize(engine, Buffer.alloc(10 * 32_000), { partials: true })).toEqual([]);
  });
});
