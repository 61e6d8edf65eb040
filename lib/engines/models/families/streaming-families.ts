import type { Family } from './family.ts';
import { BLANKS, LFR, TOKENS } from './family-parts.ts';

/** Metadata of the encoders of Icefall: the frames that are decoded at a time, and those by which the next ones begin later. */
const STEP = ['T', 'decode_chunk_len'];
const ZIPFORMER_2 = [
  'encoder_dims',
  'query_head_dims',
  'value_head_dims',
  'num_heads',
  'num_encoder_layers',
  'cnn_module_kernels',
  'left_context_len',
];

const TRANSDUCER: Family = {
  key: 'transducer',
  title: 'a streaming transducer',
  parts: {
    encoder: {
      name: /^encoder(-epoch-.*)?$/,
      example: 'encoder.onnx',
      metadata: ['model_type', ...STEP],
      metadataOfType: {
        lstm: ['num_encoder_layers', 'rnn_hidden_size', 'd_model'],
        conformer: ['num_encoder_layers', 'left_context', 'encoder_dim', 'pad_length', 'cnn_module_kernel'],
        zipformer: [
          'encoder_dims',
          'attention_dims',
          'num_encoder_layers',
          'cnn_module_kernels',
          'left_context_len',
        ],
        zipformer2: ZIPFORMER_2,
        ebranchformer: [
          'num_hidden_layers',
          'hidden_size',
          'intermediate_size',
          'csgu_kernel_size',
          'merge_conv_kernel',
          'left_context_len',
          'num_heads',
          'head_dim',
        ],
      },
    },
    decoder: {
      name: /^decoder(-epoch-.*)?$/,
      example: 'decoder.onnx',
      metadata: ['vocab_size', 'context_size'],
    },
    joiner: { name: /^joiner(-epoch-.*)?$/, example: 'joiner.onnx' },
  },
  tokens: TOKENS,
  folderName: /streaming.*(transducer|(zip|con|e-?branch)former(?!.*ctc)|lstm)/,
  hasOwnFileNames: true,
  hasTokenTimes: true,
  writesMarks: 'by tokens',
  step: { frames: 'T', shift: 'decode_chunk_len' },
};

const NEMO_TRANSDUCER: Family = {
  key: 'transducer',
  title: 'a streaming transducer of NeMo',
  parts: {
    encoder: {
      name: /^encoder$/,
      example: 'encoder.onnx',
      metadata: [
        'vocab_size',
        'window_size',
        'chunk_shift',
        'subsampling_factor',
        'pred_rnn_layers',
        'pred_hidden',
        ...['channel', 'time'].flatMap((cache) => [1, 2, 3].map((n) => `cache_last_${cache}_dim${n}`)),
      ],
    },
    decoder: { name: /^decoder$/, example: 'decoder.onnx' },
    joiner: { name: /^joiner$/, example: 'joiner.onnx' },
  },
  tokens: TOKENS,
  anyToken: ['<blk>'],
  metadataKey: 'pred_rnn_layers',
  folderName: /(nemo|nemotron|parakeet).*streaming|streaming.*(nemo|parakeet)/,
  hasOwnFileNames: false,
  hasTokenTimes: true,
  writesMarks: 'by tokens',
  step: { frames: 'window_size', shift: 'chunk_shift' },
};

const ZIPFORMER_CTC: Family = {
  key: 'zipformer2Ctc',
  title: 'a streaming CTC model of Zipformer',
  parts: {
    model: {
      name: /^(model|ctc-epoch-.*)$/,
      example: 'model.onnx',
      metadata: [...STEP, ...ZIPFORMER_2],
    },
  },
  tokens: TOKENS,
  anyToken: BLANKS,
  modelTypes: ['zipformer2'],
  folderName: /streaming.*zipformer.*ctc/,
  hasOwnFileNames: false,
  hasTokenTimes: true,
  writesMarks: 'by tokens',
  step: { frames: 'T', shift: 'decode_chunk_len' },
};

const PARAFORMER: Family = {
  key: 'paraformer',
  title: 'a streaming Paraformer',
  parts: {
    encoder: {
      name: /^encoder$/,
      example: 'encoder.onnx',
      metadata: [...LFR, 'encoder_output_size', 'decoder_num_blocks', 'decoder_kernel_size'],
    },
    decoder: { name: /^decoder$/, example: 'decoder.onnx' },
  },
  tokens: TOKENS,
  modelTypes: ['paraformer'],
  folderName: /streaming.*paraformer/,
  hasOwnFileNames: false,
  hasTokenTimes: false,
  writesMarks: 'never',
  // sherpa-onnx decodes 61 frames at a time. Words in the last 18 of them are found with the next ones.
  step: { frames: 80 },
};

/** The families of streaming models. */
export const STREAMING_FAMILIES: readonly Family[] = [TRANSDUCER, NEMO_TRANSDUCER, ZIPFORMER_CTC, PARAFORMER];
