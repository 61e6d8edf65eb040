// Writes the subtitles of one recording:
//   node recipes/file-to-srt.mjs talk.mp3 talk.srt
// Fun-ASR recognises it, with the key in DASHSCOPE_API_KEY. To use `fun-asr serve` instead, set
// DASHSCOPE_WEBSOCKET_BASE_URL to the URL that it prints.
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { decode, frame, recognize, srt } from 'fun-asr-streams';

const [input, output] = process.argv.slice(2);
await pipeline(createReadStream(input), decode(), frame(), recognize(), srt(), createWriteStream(output));
