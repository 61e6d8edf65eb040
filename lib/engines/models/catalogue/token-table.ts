/** Ids 32000 to 32767 of Moonshine's vocabulary: special tokens, which the table of LLaMA does not contain. */
const SPECIAL_TOKENS = 768;

/**
 * Makes the `tokens.txt` of sherpa-onnx from the source of `llama-tokenizer-js`, which contains the vocabulary as a
 * base64 string. The source is read as text and never run.
 *
 * Line i is the base64 of the bytes of token i, a space, and i.
 */
export function tokenTable(source: string): string {
  const vocabulary = /llama_vocab_base64 = "([^"]+)"/.exec(source)?.[1] ?? '';
  const tokens = Buffer.from(vocabulary, 'base64').toString().split('\n');
  for (let n = 0; n < SPECIAL_TOKENS; n += 1) tokens.push(`<<ST_${n}>>`);
  return tokens.map((token, id) => `${bytesOf(token).toString('base64')} ${id}\n`).join('');
}

function bytesOf(token: string): Buffer {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(token)?.[1];
  return byte === undefined ? Buffer.from(token) : Buffer.from(byte, 'hex');
}
