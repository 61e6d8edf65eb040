import { join } from 'node:path';
import { hubRepository, modelScope } from './hosts.ts';
import type { LocalModel, ModelRepository } from '../local-model.ts';
import { VOICE_DETECTOR } from './silero.ts';

// The release of 2025-09-09 is not a newer one: it is tuned for Cantonese and writes no punctuation.
const REPOSITORY: ModelRepository = hubRepository(
  'csukuangfj/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17',
  '2365baeacb507f821a0c8120fcee3d484dba7a07',
  [modelScope('pengzhendong/sherpa-onnx-sense-voice-zh-en-ja-ko-yue')],
);

/** Languages that the model is configured for; it detects any other one itself. */
const LANGUAGES = ['zh', 'yue', 'ja', 'ko', 'en'];

/** Mandarin, Cantonese, Japanese, Korean and English, with punctuation and digits. */
const SENSE_VOICE: LocalModel = {
  name: 'sense-voice',
  languages: LANGUAGES,
  license: 'FunASR Model Open Source License Agreement 1.1',
  licenseUrl: 'https://github.com/modelscope/FunASR/blob/main/MODEL_LICENSE',
  attribution: [
    'SenseVoice (SenseVoiceSmall) by FunAudioLLM, Alibaba Group: https://github.com/FunAudioLLM/SenseVoice',
    'Converted to ONNX by the project sherpa-onnx: https://github.com/k2-fsa/sherpa-onnx',
    'voice.onnx: Silero VAD, MIT License: https://github.com/snakers4/silero-vad',
  ],
  files: {
    'model.int8.onnx': {
      repository: REPOSITORY,
      path: 'model.int8.onnx',
      bytes: 239_233_841,
      sha256: 'c71f0ce00bec95b07744e116345e33d8cbbe08cef896382cf907bf4b51a2cd51',
    },
    'tokens.txt': {
      repository: REPOSITORY,
      path: 'tokens.txt',
      bytes: 315_894,
      sha256: 'f449eb28dc567533d7fa59be34e2abca8784f771850c78a47fb731a31429a1dc',
    },
    'voice.onnx': VOICE_DETECTOR,
  },
  speechModel: {
    configIn: (folder, { language = 'auto' } = {}) => ({
      senseVoice: {
        model: join(folder, 'model.int8.onnx'),
        language: LANGUAGES.includes(language) ? language : 'auto',
        useInverseTextNormalization: 1,
      },
      tokens: join(folder, 'tokens.txt'),
    }),
    hasTokenTimes: true,
  },
  voiceDetector: 'voice.onnx',
};

/** The models of the family SenseVoice, by name. */
export const SENSE_VOICE_MODELS: Readonly<Record<'sense-voice', LocalModel>> = { 'sense-voice': SENSE_VOICE };
