// Decodes MP3, AAC or any other audio to raw PCM (16 kHz, mono, s16le):
//   node recipes/audio-to-pcm.mjs talk.mp3 talk.pcm
// Each stage of the pipeline can be used alone. This program needs no network.
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { decode } from 'fun-asr-streams';

const [input, output] = process.argv.slice(2);
const decoder = decode({ sampleRate: 16_000 });
decoder.on('warning', (warning) => console.error(warning.message));
await pipeline(createReadStream(input), decoder, createWriteStream(output));
