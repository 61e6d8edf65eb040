import { describe, expect, it } from 'vitest';
import type { EngineSentence } from '../../../lib/service/engine.ts';
import { exactEngine, type ExactEngineOptions } from '../../../lib/testing/engine/exact-engine.ts';
import { randomScript } from '../../../lib/testing/audio/random-script.ts';
import type { Script } from '../../../lib/testing/audio/script.ts';
import { renderAudio } from '../../../lib/testing/audio/self-describing-audio.ts';

const SCRIPT: Script = {
  durationMs: 6000,
  sentences: [
    { begin_time: 317, end_time: 1201 },
    { begin_time: 1201, end_time: 1999, text: 'yes' },
    { begin_time: 3203, end_time: 4001, text: 'yes' },
  ],
};

interface Hearing extends ExactEngineOptions {
  readonly sampleRate?: 8000 | 16_000;
  readonly partials?: boolean;
}

/** An engine at work on pieces of the script, in ms; `sentences` are what it has said so far. */
function listen({ sampleRate = 16_000, partials = false, ...options }: Hearing = {}) {
  const sentences: EngineSentence[] = [];
  const stream = exactEngine(options).open({
    sampleRate,
    partials,
    maxSentenceSilence: 500,
    onSentence: (sentence) => sentences.push(sentence),
  });
  const perMs = sampleRate / 1000;
  return {
    stream,
    sentences,
    hear: (from: number, to: number, script = SCRIPT) =>
      stream.write(renderAudio(script, from * perMs, to * perMs, sampleRate)),
    texts: () => sentences.map(({ text }) => text),
  };
}

describe('the exact engine', () => {
  it.each([8000, 16_000] as const)(
    'tells number and times of each sentence, at %d Hz',
    async (sampleRate) => {
      const { stream, sentences, hear } = listen({ sampleRate });
      await hear(0, 6000);
      await stream.end();
      expect(sentences).toMatchObject([
        { begin_time: 317, end_time: 1201, text: 'Sentence 1 heard 317-1201.' },
        { begin_time: 1201, end_time: 1999, text: 'Sentence 2 heard 1201-1999.' },
        { begin_time: 3203, end_time: 4001, text: 'Sentence 3 heard 3203-4001.' },
      ]);
    },
  );

  it('gives times from the beginning of its stream, wherever that is in the audio', async () => {
    const { stream, sentences, hear } = listen();
    await hear(1500, 5000);
    await stream.end();
    expect(sentences).toMatchObject([
      { begin_time: 0, end_time: 499, text: 'Sentence 2 heard 1500-1999.' },
      { begin_time: 1703, end_time: 2501, text: 'Sentence 3 heard 3203-4001.' },
    ]);
  });

  it('gives a sentence that was heard whole the text of the script, and any other the truth', async () => {
    const { stream, hear, texts } = listen({ script: SCRIPT });
    await hear(1201, 5000);
    await hear(3300, 5000);
    await stream.end();
    expect(texts()).toEqual(['yes', 'yes', 'Sentence 3 heard 3300-4001.']);
  });

  it('shows audio that was lost or repeated within a sentence', async () => {
    const { stream, hear, texts } = listen();
    await hear(0, 600);
    await hear(700, 1000);
    await hear(900, 1201);
    await stream.end();
    expect(texts()).toEqual(['Sentence 1 heard 317-600 700-1000 900-1201.']);
  });

  it('goes on with a sentence after samples that say nothing, as if they were a part of it', async () => {
    const { stream, hear, sentences } = listen();
    await hear(317, 600);
    await stream.write(Buffer.alloc(3200));
    await hear(700, 1201);
    await stream.end();
    expect(sentences).toMatchObject([
      { begin_time: 0, end_time: 884, text: 'Sentence 1 heard 317-600 700-1201.' },
    ]);
  });

  it('says a sentence again when it hears it again', async () => {
    const { stream, hear, texts } = listen();
    for (let time = 0; time < 2; time += 1) await hear(3100, 4100);
    await stream.end();
    expect(texts()).toEqual(['Sentence 3 heard 3203-4001.', 'Sentence 3 heard 3203-4001.']);
  });

  it('waits for the silence that ends a sentence, or for the end of the audio', async () => {
    const { stream, hear, texts } = listen();
    await hear(0, 4501);
    expect(texts()).toHaveLength(3);
    const other = listen();
    await other.hear(0, 4500);
    expect(other.texts()).toHaveLength(2);
    await other.stream.end();
    expect(other.texts()).toHaveLength(3);
    await stream.end();
    expect(texts()).toHaveLength(3);
  });

  it('gives a sentence out as soon as its end is known when it need not wait', async () => {
    const { hear, texts } = listen({ finalDelayMs: 0 });
    await hear(0, 1201);
    expect(texts()).toHaveLength(0);
    await hear(1201, 1202);
    expect(texts()).toHaveLength(1);
  });

  it('tells partial results of one sentence at a time, and only when they are wanted', async () => {
    const { stream, sentences, hear } = listen({ partials: true, partialEveryMs: 200 });
    for (let at = 0; at < 6000; at += 100) await hear(at, at + 100);
    await stream.end();
    const finals = sentences.filter(({ end_time }) => end_time !== null);
    expect(finals).toHaveLength(3);
    const first = sentences.slice(
      0,
      sentences.findIndex(({ end_time }) => end_time !== null),
    );
    expect(first.map(({ text }) => text)).toEqual([
      'Sentence 1 heard 317-600.',
      'Sentence 1 heard 317-800.',
      'Sentence 1 heard 317-1000.',
      'Sentence 1 heard 317-1200.',
    ]);
    const silent = listen();
    await silent.hear(0, 1201);
    expect(silent.sentences).toHaveLength(0);
  });

  it('measures the silence that the audio ends with', async () => {
    const { stream, hear } = listen();
    await hear(0, 300);
    expect(stream.silenceMs).toBe(300);
    await hear(300, 2099);
    expect(stream.silenceMs).toBe(100);
    await stream.write(Buffer.alloc(3200));
    expect(stream.silenceMs).toBeGreaterThan(199);
  });

  it('fails on what is poison, at once and always', async () => {
    const { hear } = listen({ poison: [3500, 3501] });
    await hear(0, 3500);
    await expect(hear(3500, 3600)).rejects.toMatchObject({ code: 'InternalError' });
    const other = listen({ poison: [3500, 3501] });
    await expect(other.hear(0, 6000)).rejects.toMatchObject({ code: 'InternalError' });
    await listen({ poison: [3500, 3501] }).hear(3501, 6000);
  });

  it('says nothing after it was stopped', async () => {
    const { stream, hear, texts } = listen();
    await hear(0, 1300);
    stream.destroy();
    await hear(1300, 6000);
    await stream.end();
    expect(texts()).toHaveLength(0);
  });

  it('has words that fill the sentence', async () => {
    const { stream, hear, sentences } = listen();
    await hear(317, 1201);
    await stream.end();
    const { words = [], text } = sentences[0] ?? {};
    expect(words.map((word) => word.text).join('')).toBe(text);
    expect([words[0]?.begin_time, words.at(-1)?.end_time]).toEqual([0, 884]);
  });

  it('knows random scripts to the last sentence', async () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const script = randomScript(seed);
      const { stream, hear, sentences } = listen({ script });
      for (let at = 0; at < script.durationMs; at += 100) {
        await hear(at, Math.min(at + 100, script.durationMs), script);
      }
      await stream.end();
      expect(sentences.map(({ begin_time, end_time }) => [begin_time, end_time])).toEqual(
        script.sentences.map(({ begin_time, end_time }) => [begin_time, end_time]),
      );
    }
  });

  it.each([
    [{ poison: [2, 1] as const }, /poison/],
    [{ partialEveryMs: 0 }, /partialEveryMs/],
    [{ finalDelayMs: -1 }, /finalDelayMs/],
    [{ script: { durationMs: 1, sentences: [{ begin_time: 0, end_time: 2 }] } }, /sentence 1/],
  ])('refuses %j', (options, message) => {
    expect(() => exactEngine(options)).toThrow(message);
  });
});
