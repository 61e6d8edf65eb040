// Transcribes a folder whose sub-folders are named by their language: recordings/en/a.mp3, recordings/zh/b.mp3, …
//   node recipes/languages-by-folder.mjs recordings/ subtitles/
// The sub-folders are kept: subtitles/en/a.srt. With the local engine, only English is recognised.
import { createWriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join, parse, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { chooseBackend, srt, transcribe } from 'fun-asr-streams';

const [folder, outputFolder] = process.argv.slice(2);
const entries = await readdir(folder, { recursive: true, withFileTypes: true });
const backend = await chooseBackend();
try {
  for (const entry of entries.filter((one) => one.isFile() && !one.name.startsWith('.'))) {
    const path = join(entry.parentPath, entry.name);
    const place = relative(folder, path);
    const [language] = place.split(sep);
    const output = join(outputFolder, dirname(place), `${parse(place).name}.srt`);
    try {
      await mkdir(dirname(output), { recursive: true });
      const sentences = transcribe(path, { engine: backend, languageHints: [language] });
      await pipeline(sentences, srt(), createWriteStream(output));
      console.log(`${place}: done`);
    } catch (error) {
      // The other recordings continue.
      console.error(`${place}: ${error.message}`);
      process.exitCode = 1;
    }
  }
} finally {
  await backend.close();
}
