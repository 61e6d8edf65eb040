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

interface StreamOptions extends ExactEngineOptions {
  readonly sampleRate?: 8000 | 16_000;
  readonly partials?: boolean;
}

/** Opens a stream that receives parts of the script, in ms; `sentences` are its results so far. */
function open({ sampleRate = 16_000, partials = false, ...options }: StreamOptions = {}) {
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
    send: (from: number, to: number, script = SCRIPT) =>
      stream.write(renderAudio(script, from * perMs, to * perMs, sampleRate)),
    texts: () => sentences.map(({ text }) => text),
  };
}

describe('the exact engine', () => {
  it.each([8000, 16_000] as const)(
    'reports number and times of each sentence, at %d Hz',
    async (sampleRate) => {
      const { stream, sentences, send } = open({ sampleRate });
      await send(0, 6000);
      await stream.end();
      expect(sentences).toMatchObject([
        { begin_time: 317, end_time: 1201, text: 'Sentence 1 received 317-1201.' },
        { begin_time: 1201, end_time: 1999, text: 'Sentence 2 received 1201-1999.' },
        { begin_time: 3203, end_time: 4001, text: 'Sentence 3 received 3203-4001.' },
      ]);
    },
  );

  it('counts times from the start of its stream', async () => {
    const { stream, sentences, send } = open();
    await send(1500, 5000);
    await stream.end();
    expect(sentences).toMatchObject([
      { begin_time: 0, end_time: 499, text: 'Sentence 2 received 1500-1999.' },
      { begin_time: 1703, end_time: 2501, text: 'Sentence 3 received 3203-4001.' },
    ]);
  });

  it('uses the text of the script for complete sentences only', async () => {
    const { stream, send, texts } = open({ script: SCRIPT });
    await send(1201, 5000);
    await send(3300, 5000);
    await stream.end();
    expect(texts()).toEqual(['yes', 'yes', 'Sentence 3 received 3300-4001.']);
  });

  it('lists audio that was lost or repeated within a sentence', async () => {
    const { stream, send, texts } = open();
    await send(0, 600);
    await send(700, 1000);
    await send(900, 1201);
    await stream.end();
    expect(texts()).toEqual(['Sentence 1 received 317-600 700-1000 900-1201.']);
  });

  it('counts samples without a valid code as part of the sentence around them', async () => {
    const { stream, send, sentences } = open();
    await send(317, 600);
    await stream.write(Buffer.alloc(3200));
    await send(700, 1201);
    await stream.end();
    expect(sentences).toMatchObject([
      { begin_time: 0, end_time: 884, text: 'Sentence 1 received 317-600 700-1201.' },
    ]);
  });

  it('reports a repeated sentence again', async () => {
    const { stream, send, texts } = open();
    for (let time = 0; time < 2; time += 1) await send(3100, 4100);
    await stream.end();
    expect(texts()).toEqual(['Sentence 3 received 3203-4001.', 'Sentence 3 received 3203-4001.']);
  });

  it('emits a final result after the silence that ends a sentence, or at the end of the audio', async () => {
    const { stream, send, texts } = open();
    await send(0, 4501);
    expect(texts()).toHaveLength(3);
    const other = open();
    await other.send(0, 4500);
    expect(other.texts()).toHaveLength(2);
    await other.stream.end();
    expect(other.texts()).toHaveLength(3);
    await stream.end();
    expect(texts()).toHaveLength(3);
  });

  it('emits a final result at the end of the sentence when the delay is 0', async () => {
    const { send, texts } = open({ finalDelayMs: 0 });
    await send(0, 1201);
    expect(texts()).toHaveLength(0);
    await send(1201, 1202);
    expect(texts()).toHaveLength(1);
  });

  it('emits partial results of one sentence at a time, and only when they are enabled', async () => {
    const { stream, sentences, send } = open({ partials: true, partialIntervalMs: 200 });
    for (let at = 0; at < 6000; at += 100) await send(at, at + 100);
    await stream.end();
    const finals = sentences.filter(({ end_time }) => end_time !== null);
    expect(finals).toHaveLength(3);
    const first = sentences.slice(
      0,
      sentences.findIndex(({ end_time }) => end_time !== null),
    );
    expect(first.map(({ text }) => text)).toEqual([
      'Sentence 1 received 317-600.',
      'Sentence 1 received 317-800.',
      'Sentence 1 received 317-1000.',
      'Sentence 1 received 317-1200.',
    ]);
    const silent = open();
    await silent.send(0, 1201);
    expect(silent.sentences).toHaveLength(0);
  });

  it('measures the silence at the end of the audio', async () => {
    const { stream, send } = open();
    await send(0, 300);
    expect(stream.silenceMs).toBe(300);
    await send(300, 2099);
    expect(stream.silenceMs).toBe(100);
    await stream.write(Buffer.alloc(3200));
    expect(stream.silenceMs).toBeGreaterThan(199);
  });

  it('fails each time it receives poison', async () => {
    const { send } = open({ poison: [3500, 3501] });
    await send(0, 3500);
    await expect(send(3500, 3600)).rejects.toMatchObject({ code: 'InternalError' });
    const other = open({ poison: [3500, 3501] });
    await expect(other.send(0, 6000)).rejects.toMatchObject({ code: 'InternalError' });
    await open({ poison: [3500, 3501] }).send(3501, 6000);
  });

  it('emits nothing after destroy', async () => {
    const { stream, send, texts } = open();
    await send(0, 1300);
    stream.destroy();
    await send(1300, 6000);
    await stream.end();
    expect(texts()).toHaveLength(0);
  });

  it('splits the sentence into words without gaps', async () => {
    const { stream, send, sentences } = open();
    await send(317, 1201);
    await stream.end();
    const { words = [], text } = sentences[0] ?? {};
    expect(words.map((word) => word.text).join('')).toBe(text);
    expect([words[0]?.begin_time, words.at(-1)?.end_time]).toEqual([0, 884]);
  });

  it('recognises every sentence of random scripts', async () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const script = randomScript(seed);
      const { stream, send, sentences } = open({ script });
      for (let at = 0; at < script.durationMs; at += 100) {
        await send(at, Math.min(at + 100, script.durationMs), script);
      }
      await stream.end();
      expect(sentences.map(({ begin_time, end_time }) => [begin_time, end_time])).toEqual(
        script.sentences.map(({ begin_time, end_time }) => [begin_time, end_time]),
      );
    }
  });

  it.each([
    [{ poison: [2, 1] as const }, /poison/],
    [{ partialIntervalMs: 0 }, /partialIntervalMs/],
    [{ finalDelayMs: -1 }, /finalDelayMs/],
    [{ script: { durationMs: 1, sentences: [{ begin_time: 0, end_time: 2 }] } }, /sentence 1/],
  ])('rejects the options %j', (options, message) => {
    expect(() => exactEngine(options)).toThrow(message);
  });
});
