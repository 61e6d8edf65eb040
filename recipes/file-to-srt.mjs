// One recording to subtitles:  node recipes/file-to-srt.mjs talk.mp3 talk.srt
// It goes to Fun-ASR, with the key in DASHSCOPE_API_KEY; or to `fun-asr serve`, with the URL that it prints in
// DASHSCOPE_WEBSOCKET_BASE_URL.
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { decode, frame, recognize, srt } from 'fun-asr-streams';

const [input, output] = process.argv.slice(2);
await pipeline(createReadStream(input), decode(), frame(), recognize(), srt(), createWriteStream(output));
