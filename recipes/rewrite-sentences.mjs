// Corrects sentences before they become subtitles, with a list of names that are often recognised wrongly:
//   node recipes/rewrite-sentences.mjs talk.mp3 talk.srt "Dash wood=Dashwood" "Jon=John"
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { decode, frame, recognize, sentenceEnd, srt } from 'fun-asr-streams';

const [input, output, ...corrections] = process.argv.slice(2);
const pairs = corrections.map((correction) => correction.split('='));

/** Changes the text only. The words keep their times, which still decide where subtitles are split. */
async function* correct(sentences) {
  for await (const sentence of sentences) {
    const text = pairs.reduce((result, [wrong, right]) => result.replaceAll(wrong, right), sentence.text);
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
