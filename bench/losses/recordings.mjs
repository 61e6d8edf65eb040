// Writes the audio of the scripts to files for the clients of losses.mjs.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { selfDescribingAudio } from '../../dist/testing/index.js';
import { scriptOf } from './schedules.mjs';

const SAMPLE_RATE = 16_000;
const BYTES_PER_SAMPLE = 2;

/** Writes `<seed>.pcm` and `<seed>.wav`. */
export async function record(seed, folder) {
  const pcm = await buffer(selfDescribingAudio(scriptOf(seed), { sampleRate: SAMPLE_RATE }));
  await writeFile(join(folder, `${seed}.pcm`), pcm);
  await writeFile(join(folder, `${seed}.wav`), Buffer.concat([wavHeader(pcm.length), pcm]));
}

function wavHeader(bytes) {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // mono
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * BYTES_PER_SAMPLE, 28);
  header.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  header.writeUInt16LE(BYTES_PER_SAMPLE * 8, 34);
  header.write('data', 36);
  header.writeUInt32LE(bytes, 40);
  return header;
}
