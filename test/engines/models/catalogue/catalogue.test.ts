import { expect, test } from 'vitest';
import { defaultModelFor, LOCAL_MODELS } from '../../../../lib/engines/models/catalogue/catalogue.ts';
import { hostedFilesOf } from '../../../../lib/engines/models/local-model.ts';

test.each([
  [undefined, 'moonshine-base'],
  ['en', 'moonshine-base'],
  ...['zh', 'yue', 'ja', 'ko'].map((language) => [language, 'sense-voice'] as const),
  ['fr', undefined],
] as const)('chooses for the language %s the model %s', (language, model) => {
  expect(defaultModelFor(language)).toBe(model);
});

test('configures SenseVoice for a language, and lets it detect one that it does not know', () => {
  const { speechModel } = LOCAL_MODELS['sense-voice'];
  expect(speechModel.configIn('/m', { language: 'ja' })).toMatchObject({
    senseVoice: {
      model: expect.stringContaining('model.int8.onnx'),
      language: 'ja',
      useInverseTextNormalization: 1,
    },
    tokens: expect.stringContaining('tokens.txt'),
  });
  expect(speechModel.configIn('/m')).toMatchObject({ senseVoice: { language: 'auto' } });
  expect(speechModel.configIn('/m', { language: 'fr' })).toMatchObject({ senseVoice: { language: 'auto' } });
});

test('has the addresses of each host', () => {
  const files = Object.fromEntries(hostedFilesOf(LOCAL_MODELS['fun-asr-nano']));
  const file = files['llm.int8.onnx'];
  expect(file?.repository.hosts.map((host) => host.url(file.path))).toEqual([
    'https://huggingface.co/csukuangfj/sherpa-onnx-funasr-nano-int8-2025-12-30/resolve/6f16bd378457e13f36ccf3910df9017f96c346fb/llm.int8.onnx',
    'https://hf-mirror.com/csukuangfj/sherpa-onnx-funasr-nano-int8-2025-12-30/resolve/6f16bd378457e13f36ccf3910df9017f96c346fb/llm.int8.onnx',
    'https://modelscope.cn/models/zengshuishui/FunASR-nano-onnx/resolve/2f25d8e45c1534925cda6a4977d497f383b01535/llm_int8/llm.int8.onnx',
  ]);
});
