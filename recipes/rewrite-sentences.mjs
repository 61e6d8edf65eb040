// Sentences rewritten on the way to the subtitles, here by a list of names that are always misheard:
//   node recipes/rewrite-sentences.mjs talk.mp3 talk.srt "Dash wood=Dashwood" "Jon=John"
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { decode, frame, recognize, sentenceEnd, srt } from 'fun-asr-streams';

const [input, output, ...corrections] = process.argv.slice(2);
const pairs = corrections.map((correction) => correction.split('='));

/** Changes only the text: the words keep their times, and the subtitles are split by them all the same. */
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
