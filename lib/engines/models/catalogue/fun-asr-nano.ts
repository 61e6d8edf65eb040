import { join } from 'node:path';
import { hubRepository, modelScope } from './hosts.ts';
import type { HostedFile, LocalModel, ModelRepository } from '../local-model.ts';
import { VOICE_DETECTOR } from './silero.ts';

const REPOSITORY: ModelRepository = hubRepository(
  'csukuangfj/sherpa-onnx-funasr-nano-int8-2025-12-30',
  '6f16bd378457e13f36ccf3910df9017f96c346fb',
  [
    modelScope('zengshuishui/FunASR-nano-onnx', '2f25d8e45c1534925cda6a4977d497f383b01535', {
      'llm.int8.onnx': 'llm_int8/llm.int8.onnx',
    }),
  ],
);

const TOKENIZER = 'Qwen3-0.6B';

/**
 * Mandarin with dialects, English and Japanese. Used only when it is asked for: its decoder sometimes repeats itself.
 */
const FUN_ASR_NANO: LocalModel = {
  name: 'fun-asr-nano',
  languages: ['zh', 'en', 'ja'],
  license: 'Apache License 2.0',
  licenseUrl: 'https://www.apache.org/licenses/LICENSE-2.0',
  attribution: [
    'Fun-ASR-Nano by FunAudioLLM, Alibaba Group: https://github.com/FunAudioLLM/Fun-ASR',
    'Converted to ONNX by the project sherpa-onnx: https://github.com/k2-fsa/sherpa-onnx',
    'voice.onnx: Silero VAD, MIT License: https://github.com/snakers4/silero-vad',
  ],
  files: {
    'encoder_adaptor.int8.onnx': hosted(
      'encoder_adaptor.int8.onnx',
      237_792_748,
      'f36dea2e30fbc33b5db1d7a7265cc976c5e5586c77b042d5adb1ad27c72db422',
    ),
    'llm.int8.onnx': hosted(
      'llm.int8.onnx',
      600_356_593,
      'dfbf9aa3be41bccc257587f151e15c63fbe1b549f2b517f5ccd5bdce3bf4322a',
    ),
    'embedding.int8.onnx': hosted(
      'embedding.int8.onnx',
      155_584_380,
      '95e61cd0c9c3b9543339a4cf973c95c116815e745ccc1e0285cbd81f76d18644',
    ),
    [`${TOKENIZER}/tokenizer.json`]: hosted(
      `${TOKENIZER}/tokenizer.json`,
      11_422_654,
      'aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4',
    ),
    [`${TOKENIZER}/vocab.json`]: hosted(
      `${TOKENIZER}/vocab.json`,
      2_776_833,
      'ca10d7e9fb3ed18575dd1e277a2579c16d108e32f27439684afa0e10b1440910',
    ),
    [`${TOKENIZER}/merges.txt`]: hosted(
      `${TOKENIZER}/merges.txt`,
      1_671_853,
      '8831e4f1a044471340f7c0a83d7bd71306a5b867e95fd870f74d0c5308a904d5',
    ),
    'voice.onnx': VOICE_DETECTOR,
  },
  speechModel: {
    configIn: (folder) => ({
      funasrNano: {
        encoderAdaptor: join(folder, 'encoder_adaptor.int8.onnx'),
        llm: join(folder, 'llm.int8.onnx'),
        embedding: join(folder, 'embedding.int8.onnx'),
        tokenizer: join(folder, TOKENIZER),
      },
      tokens: '',
    }),
  },
  voiceDetector: 'voice.onnx',
};

/** The models of the family Fun-ASR-Nano, by name. */
export const FUN_ASR_NANO_MODELS: Readonly<Record<'fun-asr-nano', LocalModel>> = {
  'fun-asr-nano': FUN_ASR_NANO,
};

function hosted(path: string, bytes: number, sha256: string): HostedFile {
  return { repository: REPOSITORY, path, bytes, sha256 };
}
