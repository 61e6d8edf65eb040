import { durationOf } from '../media/pcm.ts';
import { decodeFile, type DecodeOptions } from './decode-file.ts';

/** Rate that is decoded to: the length does not depend on it, and less is cheaper. */
const SAMPLE_RATE = 8000;

/**
 * The length of a recording in ms, by decoding all of it: exact, whatever its header states.
 * @throws What `decodeFile()` fails with.
 */
export async function measureDuration(path: string, options: DecodeOptions = {}): Promise<number> {
  let bytes = 0;
  for await (const pcm of decodeFile(path, { ...options, sampleRate: SAMPLE_RATE })) bytes += pcm.length;
  return durationOf(bytes, SAMPLE_RATE);
}
