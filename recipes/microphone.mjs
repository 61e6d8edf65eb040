// Transcribes the microphone: prints each sentence, and writes subtitles until Ctrl-C:
//   node recipes/microphone.mjs talk.srt
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { capture, frame, recognize, sentenceEnd, srt } from 'fun-asr-streams';

// Without driver and device, the default microphone is used.
const [output, driver, device] = process.argv.slice(2);
const stopping = new AbortController();
process.once('SIGINT', () => stopping.abort());

const recognizer = recognize();
recognizer.on('metrics', ({ requestId, firstPackageDelayMs, lastPackageDelayMs }) => {
  console.error(`request id ${requestId}, delays ${firstPackageDelayMs} ms and ${lastPackageDelayMs} ms`);
});

async function* print(sentences) {
  for await (const sentence of sentences) {
    console.log(sentence.text);
    yield sentence;
  }
}

await pipeline(
  capture({ driver, device, stop: stopping.signal }),
  frame(),
  recognizer,
  sentenceEnd(),
  print,
  srt(),
  createWriteStream(output),
);
