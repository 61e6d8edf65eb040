import type { Part } from './family.ts';

/** The usual table of tokens. */
export const TOKENS: Part = { name: /^tokens\.txt$/, example: 'tokens.txt' };
/** Tokens of CTC models, of which sherpa-onnx needs one. */
export const BLANKS: readonly string[] = ['<blk>', '<eps>', '<blank>'];
/** Metadata of models that get several frames at a time. */
export const LFR: readonly string[] = [
  'vocab_size',
  'lfr_window_size',
  'lfr_window_shift',
  'neg_mean',
  'inv_stddev',
];
