import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MARK_AFTER } from '../../../fixtures/models/punctuation.mjs';
import { openLocalEngine } from '../../../lib/engines/local/local-engine.ts';
import { findSherpa } from '../../../lib/engines/local/runtime/sherpa.ts';
import { addModel } from '../../../lib/engines/models/added-models.ts';
import type { Engine, EngineSentence } from '../../../lib/service/engine.ts';
import { copyVoiceDetector } from '../../support/voice-detector.ts';
import { temporaryFolder } from '../models/registry.ts';
import { pcmOf, writeAll } from './recording.ts';

const MODELS = fileURLToPath(new URL('../../../fixtures/models/', import.meta.url));

/** A cache with the voice detector and the models of the user. */
async function cacheWith(
  cacheDir: string,
  ...models: readonly (readonly [model: string, languages: string[]])[]
): Promise<string> {
  await copyVoiceDetector(cacheDir);
  for (const [model, languages] of models)
    await addModel(join(MODELS, model), { cacheDir, name: `my-${model}`, languages, findSherpa });
  return cacheDir;
}

/** Recognises a recording of speech, in which the test models find the tokens of their tones. */
async function recognize(engine: Engine, language?: string): Promise<EngineSentence[]> {
  const sentences: EngineSentence[] = [];
  const onSentence = (sentence: EngineSentence): void => void sentences.push(sentence);
  const stream = engine.open({ maxSentenceSilence: 800, partials: true, onSentence, language });
  await writeAll(stream, await pcmOf('ill-disposed.mp3'));
  await stream.end();
  return sentences.filter(({ end_time }) => end_time !== null);
}

/** The marks of the punctuation test model: after certain tokens, and at the end. */
function marked(text: string): string {
  const marks: Readonly<Record<string, string>> = MARK_AFTER;
  const inside = Array.from(text, (character) => character + (marks[character] ?? '')).join('');
  return inside.replace(/[，、]$/u, '').replace(/(?<![。？])$/u, '。');
}

describe('an engine with a punctuation model', () => {
  let plain: EngineSentence[];
  let cacheDir: string;

  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'fun-asr-streams-test-'));
    const model = join(MODELS, 'paraformer');
    const engine = await openLocalEngine({ model, cacheDir: await cacheWith(cacheDir) });
    plain = await recognize(engine, 'zh');
    await engine.close();
    await cacheWith(
      cacheDir,
      ['paraformer', ['zh']],
      ['transducer', ['zh']],
      ['nemo-ctc', ['de']],
      ['sense-voice', ['zh', 'en', 'ja']],
      ['punctuation', ['zh', 'en']],
    );
  });

  afterAll(() => rm(cacheDir, { recursive: true, force: true }));

  const textOf = (sentences: readonly EngineSentence[]): string[] => sentences.map(({ text }) => text);
  const recognizeWith = async (model: string, language?: string): Promise<EngineSentence[]> => {
    const engine = await openLocalEngine({ model, cacheDir });
    try {
      return await recognize(engine, language);
    } finally {
      await engine.close();
    }
  };

  it('adds marks of full width to words that come without', async () => {
    expect(textOf(plain).join('')).toMatch(/^[你好我是今天的水]{8,}$/u);
    const sentences = await recognizeWith('my-paraformer');
    expect(textOf(sentences)).toEqual(textOf(plain).map(marked));
    for (const [index, { words, text, ...others }] of sentences.entries()) {
      expect(words.map((word) => word.text + word.punctuation).join('')).toBe(text);
      const { words: before = [], text: _, ...same } = plain[index] ?? {};
      expect(others).toEqual(same);
      expect(words.map((word) => ({ ...word, punctuation: '' }))).toEqual(before);
    }
  });

  it('is used for a folder that was not added, if its language is named', async () => {
    expect(textOf(await recognizeWith(join(MODELS, 'paraformer'), 'zh'))).toEqual(textOf(plain).map(marked));
    expect(textOf(await recognizeWith(join(MODELS, 'paraformer')))).toEqual(textOf(plain));
  });

  it('is used for a transducer, and not for a language that it does not know', async () => {
    expect(textOf(await recognizeWith('my-transducer')).join('')).toMatch(/。$/u);
    expect(textOf(await recognizeWith('my-nemo-ctc')).join('')).not.toMatch(/[，。？、]/u);
  });

  it('changes nothing of a model that writes its own marks', async () => {
    const [sentence] = await recognizeWith('my-sense-voice', 'zh');
    expect(sentence?.text).toMatch(/^[你好我是今天的水]{2,}。$/u);
  });

  it('is refused as the model that recognises', async () => {
    await expect(recognizeWith('my-punctuation')).rejects.toMatchObject({
      code: 'E_OPTION',
      message: 'my-punctuation is a punctuation model, which does not recognise speech',
    });
  });
});

describe('a punctuation model whose folder is gone', () => {
  it('is an error that names it', async () => {
    const cacheDir = await cacheWith(await temporaryFolder(), ['paraformer', ['zh']]);
    const folder = join(await temporaryFolder(), 'punct-zh');
    await cp(join(MODELS, 'punctuation'), folder, { recursive: true });
    await addModel(folder, { cacheDir, findSherpa });
    await rename(folder, `${folder}-away`);
    await expect(openLocalEngine({ model: 'my-paraformer', cacheDir })).rejects.toMatchObject({
      code: 'E_MODEL_REFUSED',
      message: `${folder} does not exist any more. It has the punctuation model punct-zh`,
      hint: 'Restore the folder, or run `fun-asr engine remove punct-zh`.',
    });
  });
});
