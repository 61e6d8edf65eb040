// Writes subtitles for each recording that arrives in a folder, until Ctrl-C:
//   node recipes/watch-folder.mjs inbox/ subtitles/
// `fun-asr watch` does the same; it also remembers what is finished. Needs the package chokidar.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { watch } from 'chokidar';
import { chooseBackend, srt, transcribe } from 'fun-asr-streams';

const [folder, outputFolder] = process.argv.slice(2);
await mkdir(outputFolder, { recursive: true });
const backend = await chooseBackend();
// A file is complete when it has not changed for two seconds.
const watcher = watch(folder, { awaitWriteFinish: { stabilityThreshold: 2000 } });
let last = Promise.resolve();
watcher.on('add', (path) => {
  // One recording at a time, in the order of their arrival.
  last = last.then(async () => {
    try {
      const output = createWriteStream(join(outputFolder, `${parse(path).name}.srt`));
      await pipeline(transcribe(path, { engine: backend }), srt(), output);
      console.log(`${path}: done`);
    } catch (error) {
      console.error(`${path}: ${error.message}`);
    }
  });
});
await once(process, 'SIGINT');
await watcher.close();
await last;
await backend.close();
