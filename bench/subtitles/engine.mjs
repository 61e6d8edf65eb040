// Sentences of the local engine for English recordings.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { transcribe } from '../../dist/index.js';

const PROGRAM = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const FIXTURES = new URL('../../fixtures/', import.meta.url).pathname;
/** `sense-and-sensibility.mp3` is the other pieces of the book in one recording. */
const OWN = ['sense-and-sensibility.mp3', 'inaugural.webm'].map((name) => join(FIXTURES, name));

/**
 * @param folders Further recordings.
 * @returns Final sentences, a list for each recording; undefined when the model is not on this machine.
 */
export async function engineSentences(folders) {
  if (!isModelHere()) return undefined;
  const further = folders.flatMap((folder) =>
    readdirSync(folder)
      .toSorted()
      .map((name) => join(folder, name)),
  );
  const passages = [];
  for (const path of [...OWN, ...further]) {
    const sentences = [];
    for await (const sentence of transcribe(path, { engine: 'local' })) sentences.push(sentence);
    if (sentences.length > 0) passages.push(sentences);
  }
  return passages;
}

function isModelHere() {
  const { stdout } = spawnSync(process.execPath, [PROGRAM, 'engine', 'list'], { encoding: 'utf8' });
  return /^\S+\s+en\s+ready\b/m.test(stdout);
}
