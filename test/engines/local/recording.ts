import { decodeFile } from '../../../lib/audio/decode-file.ts';
import type { EngineSentence, EngineStream } from '../../../lib/service/engine.ts';

/** Decodes a recording of the fixtures to 16 kHz mono s16le. */
export async function pcmOf(fixture: string): Promise<Buffer> {
  const path = new URL(`../../../fixtures/${fixture}`, import.meta.url).pathname;
  return Buffer.concat(await decodeFile(path).toArray());
}

/** Writes audio to a stream in chunks of these sizes, which are used in turn. */
export async function writeAll(stream: EngineStream, pcm: Buffer, lengths = [3200]): Promise<void> {
  for (let at = 0, n = 0; at < pcm.length; n += 1) {
    const length = lengths[n % lengths.length] ?? pcm.length;
    await stream.write(pcm.subarray(at, at + length));
    at += length;
  }
}

/** Joins the words of sentences, in lower case and without marks. */
export function wordsOf(sentences: readonly EngineSentence[]): string {
  return bare(sentences.map(({ text }) => text).join(' '));
}

export function bare(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z' ]/g, ' ')
    .replaceAll(/ +/g, ' ')
    .trim();
}
