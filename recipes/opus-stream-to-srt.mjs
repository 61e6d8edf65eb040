// Recognises PCM from another source: 48 kHz stereo from an Opus decoder, as in programs for voice chats:
//   node recipes/opus-stream-to-srt.mjs call.webm call.srt
// It needs two further packages: npm install prism-media opusscript
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { frame, recognize, resample, srt } from 'fun-asr-streams';
import prism from 'prism-media';

const [input, output] = process.argv.slice(2);
await pipeline(
  createReadStream(input),
  new prism.opus.WebmDemuxer(),
  new prism.opus.Decoder({ rate: 48_000, channels: 2, frameSize: 960 }),
  resample({ from: { sampleRate: 48_000, channels: 2, format: 's16le' }, sampleRate: 16_000 }),
  frame(),
  recognize(),
  srt(),
  createWriteStream(output),
);
