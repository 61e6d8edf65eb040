// A folder of recordings to WebVTT files in another:  node recipes/folder-to-subtitles.mjs recordings/ subtitles/
// The engine is chosen once for all of them: Fun-ASR when there is a key, else the one on this machine.
// `fun-asr transcribe` does the same, and also skips what is done and never leaves half a file.
import { createWriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { chooseBackend, transcribe, vtt } from 'fun-asr-streams';

const [folder, outputFolder] = process.argv.slice(2);
const names = (await readdir(folder)).filter((name) => /\.(mp3|m4a|wav|flac|ogg|webm|mp4)$/i.test(name));
await mkdir(outputFolder, { recursive: true });
const engine = await chooseBackend();

async function work(queue) {
  for (const name of queue) {
    try {
      const sentences = transcribe(join(folder, name), engine.client);
      await pipeline(sentences, vtt(), createWriteStream(join(outputFolder, `${name}.vtt`)));
      console.log(`${name}: done`);
    } catch (error) {
      // One bad recording must not stop the others.
      console.error(`${name}: ${error.message}`);
      process.exitCode = 1;
    }
  }
}

// Both workers take from one queue: two recordings at a time.
const queue = names.values();
try {
  await Promise.all([work(queue), work(queue)]);
} finally {
  await engine.close();
}
