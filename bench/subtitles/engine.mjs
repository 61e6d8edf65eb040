// Sentences of the local engine for the English recordings of the project.
import { spawnSync } from 'node:child_process';
import { transcribe } from '../../dist/index.js';

const PROGRAM = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const FOLDER = new URL('../../fixtures/', import.meta.url);
const RECORDINGS = [
  'sense-and-sensibility.mp3',
  'inaugural.webm',
  'leisure.wav',
  'cold-hearted.flac',
  'amiable.m4a',
  'ill-disposed.mp3',
  'himself.ogg',
];

/** @returns Final sentences, a list for each recording; undefined when the model is not on this machine. */
export async function engineSentences() {
  if (!isModelHere()) return undefined;
  const passages = [];
  for (const name of RECORDINGS) {
    const sentences = [];
    const path = new URL(name, FOLDER).pathname;
    for await (const sentence of transcribe(path, { engine: 'local', partials: false }))
      sentences.push(sentence);
    passages.push(sentences);
  }
  return passages;
}

function isModelHere() {
  const { stdout } = spawnSync(process.execPath, [PROGRAM, 'engine', 'list'], { encoding: 'utf8' });
  return /^\S+\s+en\s+ready\b/m.test(stdout);
}
