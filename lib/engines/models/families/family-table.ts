import type { Family } from './family.ts';
import { BLANKS, LFR, TOKENS } from './family-parts.ts';
import { STREAMING_FAMILIES } from './streaming-families.ts';

/** A model of one file, which only its metadata or the name of its folder distinguishes. */
function singleFile(...metadata: readonly string[]): Pick<Family, 'parts' | 'tokens' | 'hasOwnFileNames'> {
  return {
    parts: { model: { name: /^model$/, example: 'model.onnx', metadata } },
    tokens: TOKENS,
    hasOwnFileNames: false,
  };
}

const SENSE_VOICE: Family = {
  ...singleFile(
    ...LFR,
    'normalize_samples',
    'with_itn',
    'without_itn',
    ...['auto', 'zh', 'en', 'ja', 'ko', 'yue'].map((language) => `lang_${language}`),
  ),
  key: 'senseVoice',
  title: 'SenseVoice',
  modelTypes: ['sense_voice_ctc'],
  metadataKey: 'lang_yue',
  folderName: /sense-?voice/,
  settings: { language: 'auto', useInverseTextNormalization: 1 },
  languageKey: 'language',
  languages: ['zh', 'en', 'ja', 'ko', 'yue'],
  hasTokenTimes: true,
  // Tuned for Cantonese.
  withoutMarks: /2025-09-09/,
};

const PARAFORMER: Family = {
  ...singleFile(...LFR),
  key: 'paraformer',
  title: 'Paraformer',
  anyToken: ['</s>'],
  modelTypes: ['paraformer'],
  folderName: /paraformer/,
  hasTokenTimes: true,
  writesMarks: 'never',
};

const TRANSDUCER: Family = {
  key: 'transducer',
  title: 'a transducer',
  parts: {
    encoder: { name: /^encoder(-epoch-.*)?$/, example: 'encoder.onnx', metadata: ['model_type'] },
    decoder: { name: /^decoder(-epoch-.*)?$/, example: 'decoder.onnx' },
    joiner: { name: /^joiner(-epoch-.*)?$/, example: 'joiner.onnx' },
  },
  tokens: TOKENS,
  folderName: /transducer|zipformer(?!.*ctc)/,
  hasOwnFileNames: true,
  hasTokenTimes: true,
  writesMarks: 'by tokens',
};

const WHISPER: Family = {
  key: 'whisper',
  title: 'Whisper',
  parts: {
    encoder: {
      name: /^.+-encoder$/,
      example: '*-encoder.onnx',
      metadata: [
        'n_mels',
        'n_text_layer',
        'n_text_ctx',
        'n_text_state',
        'n_vocab',
        'sot',
        'eot',
        'blank_id',
        'translate',
        'transcribe',
        'is_multilingual',
        'no_timestamps',
        'no_speech',
        'sot_sequence',
      ],
    },
    decoder: { name: /^.+-decoder$/, example: '*-decoder.onnx' },
  },
  tokens: { name: /^.+-tokens\.txt$/, example: '*-tokens.txt' },
  folderName: /whisper/,
  hasOwnFileNames: true,
  settings: { task: 'transcribe' },
  languageKey: 'language',
  hasTokenTimes: false,
};

/** The first version of Moonshine. */
const MOONSHINE_1: Family = {
  key: 'moonshine',
  title: 'Moonshine',
  parts: {
    preprocessor: { name: /^preprocess$/, example: 'preprocess.onnx' },
    encoder: { name: /^encode$/, example: 'encode.onnx' },
    uncachedDecoder: { name: /^uncached_decode$/, example: 'uncached_decode.onnx' },
    cachedDecoder: { name: /^cached_decode$/, example: 'cached_decode.onnx' },
  },
  tokens: TOKENS,
  folderName: /moonshine/,
  hasOwnFileNames: true,
  hasTokenTimes: false,
};

const MOONSHINE_2: Family = {
  key: 'moonshine',
  title: 'Moonshine',
  parts: {
    encoder: { name: /^encoder_model$/, example: 'encoder_model.onnx' },
    mergedDecoder: { name: /^decoder_model_merged$/, example: 'decoder_model_merged.onnx' },
  },
  tokens: TOKENS,
  folderName: /moonshine.*quantized/,
  hasOwnFileNames: true,
  hasTokenTimes: false,
};

const NEMO_CTC: Family = {
  ...singleFile('vocab_size', 'subsampling_factor'),
  key: 'nemoCtc',
  title: 'a CTC model of NeMo',
  anyToken: BLANKS,
  modelTypes: ['EncDecCTCModelBPE', 'EncDecCTCModel', 'EncDecHybridRNNTCTCBPEModel'],
  folderName: /nemo/,
  hasTokenTimes: true,
  writesMarks: 'by tokens',
};

const ZIPFORMER_CTC: Family = {
  ...singleFile(),
  key: 'zipformerCtc',
  title: 'a CTC model of Zipformer',
  anyToken: BLANKS,
  modelTypes: ['zipformer2_ctc'],
  folderName: /zipformer.*ctc/,
  hasTokenTimes: true,
  writesMarks: 'by tokens',
};

const WENET_CTC: Family = {
  ...singleFile('vocab_size', 'subsampling_factor'),
  key: 'wenetCtc',
  title: 'a CTC model of WeNet',
  anyToken: BLANKS,
  modelTypes: ['wenet_ctc'],
  folderName: /wenet/,
  hasTokenTimes: true,
  writesMarks: 'never',
};

const DOLPHIN: Family = {
  ...singleFile('vocab_size', 'mean', 'invstd'),
  key: 'dolphin',
  title: 'Dolphin',
  anyToken: BLANKS,
  modelTypes: ['dolphin'],
  metadataKey: 'invstd',
  folderName: /dolphin/,
  hasTokenTimes: true,
  writesMarks: 'by tokens',
};

const FIRE_RED_ASR: Family = {
  key: 'fireRedAsr',
  title: 'FireRedASR',
  parts: {
    encoder: {
      name: /^encoder$/,
      example: 'encoder.onnx',
      metadata: ['num_decoder_layers', 'num_head', 'head_dim', 'sos', 'eos', 'max_len', 'cmvn_mean'],
    },
    decoder: { name: /^decoder$/, example: 'decoder.onnx' },
  },
  tokens: TOKENS,
  metadataKey: 'cmvn_mean',
  folderName: /fire-?red/,
  hasOwnFileNames: false,
  languages: ['zh', 'en'],
  hasTokenTimes: false,
  writesMarks: 'never',
};

const FUN_ASR_NANO: Family = {
  key: 'funasrNano',
  title: 'Fun-ASR-Nano',
  parts: {
    encoderAdaptor: { name: /^encoder_adaptor$/, example: 'encoder_adaptor.onnx' },
    llm: { name: /^llm$/, example: 'llm.onnx' },
    embedding: { name: /^embedding$/, example: 'embedding.onnx' },
    tokenizer: {
      name: /^(Qwen3.*|tokenizer)$/,
      example: 'Qwen3-0.6B',
      contains: ['tokenizer.json', 'vocab.json', 'merges.txt'],
    },
  },
  folderName: /fun-?asr-nano/,
  hasOwnFileNames: true,
  languages: ['zh', 'en', 'ja'],
  hasTokenTimes: false,
};

const QWEN3_ASR: Family = {
  key: 'qwen3Asr',
  title: 'Qwen3-ASR',
  parts: {
    convFrontend: { name: /^conv_frontend$/, example: 'conv_frontend.onnx' },
    encoder: { name: /^encoder$/, example: 'encoder.onnx' },
    decoder: { name: /^decoder$/, example: 'decoder.onnx' },
    tokenizer: {
      name: /^tokenizer$/,
      example: 'tokenizer',
      contains: ['tokenizer_config.json', 'vocab.json', 'merges.txt'],
    },
  },
  folderName: /qwen3-?asr/,
  hasOwnFileNames: true,
  hasTokenTimes: false,
};

/** CT-Transformer, which adds punctuation to text. */
const PUNCTUATION: Family = {
  kind: 'punctuation',
  key: 'ctTransformer',
  title: 'a punctuation model',
  parts: {
    model: {
      name: /^model$/,
      example: 'model.onnx',
      metadata: ['tokens', 'vocab_size', 'punctuations', 'unk_symbol'],
    },
  },
  metadataKey: 'punctuations',
  folderName: /(?<!online-)punct|ct-?transformer/,
  hasOwnFileNames: false,
  hasTokenTimes: false,
};

/** The families of models that can be added. A new family is one entry. */
export const FAMILIES: readonly Family[] = [
  SENSE_VOICE,
  PARAFORMER,
  TRANSDUCER,
  WHISPER,
  MOONSHINE_1,
  MOONSHINE_2,
  NEMO_CTC,
  ZIPFORMER_CTC,
  WENET_CTC,
  DOLPHIN,
  FIRE_RED_ASR,
  FUN_ASR_NANO,
  QWEN3_ASR,
  PUNCTUATION,
  ...STREAMING_FAMILIES,
];
