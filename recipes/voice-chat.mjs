// Writes subtitles of a voice in a chat, as a bot does that receives Opus packets from Discord or WebRTC:
//   node recipes/voice-chat.mjs call.ogg call.srt
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { decodeOpus, frame, recognize, srt } from 'fun-asr-streams';
import prism from 'prism-media';

const [input, output] = process.argv.slice(2);

// In place of the voice connection, the packets of a file. RTP timestamps count samples of 48 kHz: 960 are 20 ms.
// In a bot of discord.js, the packets come from receiver.subscribe(userId).
async function* packets() {
  const demuxer = new prism.opus.OggDemuxer();
  let timestamp = 0;
  for await (const data of createReadStream(input).pipe(demuxer)) {
    yield { data, timestamp };
    timestamp += 960;
  }
}

const decoder = decodeOpus();
decoder.on('warning', ({ message }) => console.error(message));

await pipeline(packets, decoder, frame(), recognize(), srt(), createWriteStream(output));
