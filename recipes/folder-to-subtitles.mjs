// Writes a WebVTT file for each recording of a folder:
//   node recipes/folder-to-subtitles.mjs recordings/ subtitles/
// One engine recognises all of them: Fun-ASR if a key is set, otherwise the local engine.
// `fun-asr transcribe` does the same; it also skips finished recordings and never leaves an incomplete file.
import { createWriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { chooseBackend, transcribe, vtt } from 'fun-asr-streams';

const [folder, outputFolder] = process.argv.slice(2);
const names = (await readdir(folder)).filter((name) => /\.(mp3|m4a|wav|flac|ogg|webm|mp4)$/i.test(name));
await mkdir(outputFolder, { recursive: true });
const backend = await chooseBackend();

async function work(queue) {
  for (const name of queue) {
    try {
      const sentences = transcribe(join(folder, name), { engine: backend });
      await pipeline(sentences, vtt(), createWriteStream(join(outputFolder, `${name}.vtt`)));
      console.log(`${name}: done`);
    } catch (error) {
      // The other recordings continue.
      console.error(`${name}: ${error.message}`);
      process.exitCode = 1;
    }
  }
}

// Two workers share one queue: two recordings at a time.
const queue = names.values();
try {
  await Promise.all([work(queue), work(queue)]);
} finally {
  await backend.close();
}
