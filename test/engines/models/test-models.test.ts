import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadSherpa, type OfflineResult } from '../../../lib/engines/local/runtime/sherpa.ts';
import type { SpeechModelConfig } from '../../../lib/engines/models/local-model.ts';
import { toneAudio, withMarker } from './tones.ts';

const FOLDER = fileURLToPath(new URL('../../../fixtures/models/', import.meta.url));

async function recognize(modelConfig: SpeechModelConfig, samples: Float32Array): Promise<OfflineResult> {
  const { OfflineRecognizer } = await loadSherpa();
  const recognizer = await OfflineRecognizer.createAsync({
    featConfig: { sampleRate: 16_000, featureDim: 80 },
    modelConfig: { ...modelConfig, numThreads: 1, provider: 'cpu' },
  });
  const stream = recognizer.createStream();
  stream.acceptWaveform({ samples, sampleRate: 16_000 });
  return await recognizer.decodeAsync(stream);
}

describe('the SenseVoice test model', () => {
  const run = (
    samples: Float32Array,
    language = 'auto',
    useInverseTextNormalization = 1,
  ): Promise<OfflineResult> => {
    const senseVoice = {
      model: `${FOLDER}sense-voice/model.onnx`,
      language,
      useInverseTextNormalization,
    };
    return recognize({ senseVoice, tokens: `${FOLDER}sense-voice/tokens.txt` }, samples);
  };

  it('gives one token for each tone, with its time and the language that was asked for', async () => {
    const { text, lang, tokens, timestamps } = await run(toneAudio([0, 1, 6, 7]), 'zh');
    expect({ text, lang, tokens }).toEqual({
      text: '你好的水。',
      lang: '<|zh|>',
      tokens: ['你', '好', '的', '水', '。'],
    });
    for (const [n, time] of timestamps.slice(0, 4).entries())
      expect(Math.abs(time - 0.4 * n)).toBeLessThan(0.07);
    expect((await run(toneAudio([0, 1, 6, 7]), 'zh', 0)).text).toBe('你好的水');
  });

  it('detects the language of the marker tone', async () => {
    for (const [language, text] of [
      ['zh', '你好'],
      ['en', 'we hear'],
      ['yue', '佢哋'],
      ['ja', 'こん'],
      ['ko', '안녕'],
    ] as const) {
      const result = await run(withMarker(toneAudio([0, 1]), language));
      expect(result).toMatchObject({ lang: `<|${language}|>`, text: `${text}。` });
    }
  });

  it('finds no speech in silence', async () => {
    expect(await run(new Float32Array(16_000))).toMatchObject({ lang: '<|nospeech|>', tokens: [] });
  });
});
