import { join } from 'node:path';
import type { LocalModel, ModelPackage, PackagedFile, SpeechModelFiles } from '../local-model.ts';
import { VOICE_DETECTOR } from './silero.ts';
import { tokenTable } from './token-table.ts';

// The last version with the English base model. Later versions add a model that is not free.
const MOONSHINE: ModelPackage = {
  spec: '@usefulsensors/moonshine-js@0.1.16',
  bytes: 66_841_492,
  sha512: 'iQIF4XHwyPxBm1l/ECJPjJLQj8RvlYj2guRsiUgrfa9vSE3gYXeaoV2DHjNgi7NIUTyl648AG2t+Ndbrj+L7TA==',
};
const LLAMA_TOKENIZER: ModelPackage = {
  spec: 'llama-tokenizer-js@1.2.2',
  bytes: 388_950,
  sha512: 'Wmth393dc3odWU3IzARJ3r2oIfWgw9GdJ5Gm+hGhfECNO18UHLRqEFSf511jn4E9KcQGzuuKw4Wl08pHAemLAw==',
};

const BASE_ENCODER: PackagedFile = {
  package: MOONSHINE,
  path: 'dist/model/base/quantized/encoder_model.onnx',
  bytes: 20_513_063,
  sha256: '1dd9ab0a7f987113d30affcba5a068d11c8f90fa0223caa3e491ade431ad9751',
};
const BASE_DECODER: PackagedFile = {
  package: MOONSHINE,
  path: 'dist/model/base/quantized/decoder_model_merged.onnx',
  bytes: 42_498_870,
  sha256: 'cc9f3cd6698a369c6008b41aa60aa3fb3322e7f03c9bdf19d8e6b7200afca4f3',
};
const TINY_ENCODER: PackagedFile = {
  package: MOONSHINE,
  path: 'dist/model/tiny/quantized/encoder_model.onnx',
  bytes: 7_937_661,
  sha256: 'c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a',
};
const TINY_DECODER: PackagedFile = {
  package: MOONSHINE,
  path: 'dist/model/tiny/quantized/decoder_model_merged.onnx',
  bytes: 20_243_286,
  sha256: 'eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367',
};
// Moonshine uses the tokens of LLaMA. Its own package does not contain their table.
const TOKENS: PackagedFile = {
  package: LLAMA_TOKENIZER,
  path: 'llama-tokenizer.js',
  bytes: 549_354,
  sha256: 'c9c3699b5683d821681c0e61df25b765c7e7a5caaebba0b50437ca0488cb0cfa',
  convert: tokenTable,
};
/** English. The most accurate model of the npm registry that is free. */
const MOONSHINE_BASE: LocalModel = {
  name: 'moonshine-base',
  languages: ['en'],
  license: 'MIT',
  files: {
    'encoder.onnx': BASE_ENCODER,
    'decoder.onnx': BASE_DECODER,
    'draft-encoder.onnx': TINY_ENCODER,
    'draft-decoder.onnx': TINY_DECODER,
    'tokens.txt': TOKENS,
    'voice.onnx': VOICE_DETECTOR,
  },
  speechModel: moonshine('encoder.onnx', 'decoder.onnx'),
  smallSpeechModel: moonshine('draft-encoder.onnx', 'draft-decoder.onnx'),
  voiceDetector: 'voice.onnx',
};

/** English. Smaller and faster, with more errors. */
const MOONSHINE_TINY: LocalModel = {
  name: 'moonshine-tiny',
  languages: ['en'],
  license: 'MIT',
  files: {
    'encoder.onnx': TINY_ENCODER,
    'decoder.onnx': TINY_DECODER,
    'tokens.txt': TOKENS,
    'voice.onnx': VOICE_DETECTOR,
  },
  speechModel: moonshine('encoder.onnx', 'decoder.onnx'),
  voiceDetector: 'voice.onnx',
};

/** The models of the family Moonshine, by name. */
export const MOONSHINE_MODELS: Readonly<Record<'moonshine-base' | 'moonshine-tiny', LocalModel>> = {
  'moonshine-base': MOONSHINE_BASE,
  'moonshine-tiny': MOONSHINE_TINY,
};

function moonshine(encoder: string, mergedDecoder: string): SpeechModelFiles {
  return {
    configIn: (folder) => ({
      moonshine: { encoder: join(folder, encoder), mergedDecoder: join(folder, mergedDecoder) },
      tokens: join(folder, 'tokens.txt'),
    }),
  };
}
