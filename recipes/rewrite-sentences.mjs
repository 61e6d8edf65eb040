// Changes the text of sentences before the subtitles are written, here by a list of corrections:
//   node recipes/rewrite-sentences.mjs talk.mp3 talk.srt "Dash wood=Dashwood" "Jon=John"
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { decode, frame, recognize, sentenceEnd, srt } from 'fun-asr-streams';

const [input, output, ...corrections] = process.argv.slice(2);
const pairs = corrections.map((correction) => correction.split('='));

/** Changes only the text. The words keep their times, by which the subtitles are split. */
async function* correct(sentences) {
  for await (const sentence of sentences) {
    const text = pairs.reduce((said, [heard, meant]) => said.replaceAll(heard, meant), sentence.text);
    yield { ...sentence, text };
  }
}

await pipeline(
  createReadStream(input),
  decode(),
  frame(),
  recognize(),
  sentenceEnd(),
  correct,
  srt(),
  createWriteStream(output),
);
