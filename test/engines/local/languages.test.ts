import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../../fixtures/models/tones.mjs';
import { loadEngine, openLocalEngine } from '../../../lib/engines/local/local-engine.ts';
import { openRuntime } from '../../../lib/engines/local/runtime/open-runtime.ts';
import { findSherpa } from '../../../lib/engines/local/runtime/sherpa.ts';
import { resolveLocalModel } from '../../../lib/engines/models/resolve-model.ts';
import type { Engine, EngineSentence } from '../../../lib/service/engine.ts';
import { withMarker } from '../models/tones.ts';
import { pcmOf, wordsOf, writeAll } from './recording.ts';

/** A model of several languages that hears them in tones: see fixtures/models/README.md. */
const MULTILINGUAL = fileURLToPath(new URL('../../../fixtures/models/sense-voice/', import.meta.url));
/** A model that writes two words of the language that it is set to. */
const WHISPER = fileURLToPath(new URL('../../../fixtures/models/whisper/', import.meta.url));
const YOUNG_MAN = 'he was not an ill disposed young man';

/** Adds the marker tone of a language to a recording of English speech. */
async function spokenIn(language: string | undefined): Promise<Buffer> {
  const pcm = await pcmOf('ill-disposed.mp3');
  if (language === undefined) return pcm;
  const samples = Float32Array.from({ length: pcm.length / 2 }, (_, n) => pcm.readInt16LE(2 * n) / 32_768);
  const marked = Buffer.alloc(pcm.length);
  for (const [n, sample] of withMarker(samples, language).entries())
    marked.writeInt16LE(Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))), 2 * n);
  return marked;
}

async function recognize(
  engine: Engine,
  pcm: Buffer,
  request: { readonly language?: string; readonly partials?: boolean } = {},
): Promise<EngineSentence[]> {
  const sentences: EngineSentence[] = [];
  const onSentence = (sentence: EngineSentence): void => void sentences.push(sentence);
  const stream = engine.open({ maxSentenceSilence: 800, partials: false, onSentence, ...request });
  await writeAll(stream, pcm);
  await stream.end();
  return sentences;
}

/** Whether a text has only characters of the tokens of a language. */
function isIn(language: string, text: string): boolean {
  const tokens = LANGUAGES.find(({ code }) => code === language)?.tokens ?? [];
  return Array.from(text.replaceAll(/[\s。]/g, '')).every((character) => tokens.join('').includes(character));
}

describe('an engine with Moonshine and a model of several languages', () => {
  let engine: Engine;

  beforeAll(async () => {
    const main = await resolveLocalModel('moonshine-base', { findSherpa });
    const multilingual = await resolveLocalModel(MULTILINGUAL, { findSherpa });
    engine = await loadEngine(
      await openRuntime(),
      { main, multilingual, findOther: async () => undefined },
      true,
    );
  });

  afterAll(() => engine.close());

  it('recognises English with Moonshine when the first speech is English', async () => {
    const sentences = await recognize(engine, await spokenIn(undefined));
    expect(wordsOf(sentences)).toBe(YOUNG_MAN);
    expect(sentences[0]).toMatchObject({ language: 'en', word_times: 'estimated' });
  });

  it.each(['zh', 'yue', 'ja', 'ko'])(
    'recognises %s with the other model when it is heard first',
    async (language) => {
      const sentences = await recognize(engine, await spokenIn(language));
      expect(sentences.map((sentence) => sentence.language)).toEqual(sentences.map(() => language));
      expect(sentences.length).toBeGreaterThan(0);
      expect(sentences.every(({ text }) => isIn(language, text))).toBe(true);
    },
  );

  it('uses the language that the client names, and not the one that is heard', async () => {
    expect(wordsOf(await recognize(engine, await spokenIn('zh'), { language: 'en' }))).toBe(YOUNG_MAN);
    const [sentence] = await recognize(engine, await spokenIn('zh'), { language: 'ja' });
    expect(isIn('ja', sentence?.text ?? '-')).toBe(true);
  });

  it('gives partial results of the model of the language', async () => {
    const sentences = await recognize(engine, await spokenIn('zh'), { partials: true });
    const partials = sentences.filter(({ end_time }) => end_time === null);
    expect(partials.length).toBeGreaterThan(0);
    expect(partials.every(({ text }) => isIn('zh', text))).toBe(true);
  });

  it('gives the same text each time', async () => {
    const pcm = Buffer.concat([await spokenIn('zh'), Buffer.alloc(48_000), await spokenIn(undefined)]);
    const texts = await Promise.all([1, 2, 3].map(() => recognize(engine, pcm)));
    expect(texts[1]).toEqual(texts[0]);
    expect(texts[2]).toEqual(texts[0]);
  });
});

describe('Whisper', () => {
  it.each([
    ['zh', /^(你好)+$/u],
    ['ja', /^(こん)+$/u],
    ['en', /^we hear( we hear)*$/],
    [undefined, /^we hear( we hear)*$/],
  ])('is set to the language %s, and its words have estimated times', async (language, text) => {
    const engine = await openLocalEngine({ model: WHISPER });
    const sentences = await recognize(engine, await spokenIn(undefined), language ? { language } : {});
    await engine.close();
    expect(sentences.length).toBeGreaterThan(0);
    for (const sentence of sentences) {
      expect(sentence.text).toMatch(text);
      expect(sentence.word_times).toBe('estimated');
    }
  });
});

describe('a model with token times', () => {
  it('gives words with measured times inside of their sentence', async () => {
    const engine = await openLocalEngine({ model: MULTILINGUAL });
    const sentences = await recognize(engine, await spokenIn('zh'));
    await engine.close();
    expect(sentences.length).toBeGreaterThan(0);
    for (const { begin_time, end_time, words, text, word_times } of sentences) {
      expect(word_times).toBeUndefined();
      expect(words.map((word) => word.text + word.punctuation).join('')).toBe(text);
      const times = [begin_time, ...words.flatMap((word) => [word.begin_time, word.end_time]), end_time ?? 0];
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  });
});
