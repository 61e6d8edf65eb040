// Word error rate of `fun-asr transcribe` with the local engine, on recordings with reference transcripts.
//
//   npm run build && node bench/word-errors.mjs <folder> <references.tsv> [hypotheses.json]
//
// The table needs a header line with the columns `file` (path inside the folder), `language`, `ref_kind` and `transcript`.
// English recordings with a published transcript are scored. `ref_kind` `empty` marks a recording without speech, in which
// no text may be found. The recognised texts are written to the optional JSON file as {file: text}.
//
// Prints the errors, the words and the rate, and the number of recordings without speech in which text was found. Both
// texts are compared in lower case without punctuation, without further normalisation: "two" and "2" differ, so a scorer
// with number and spelling rules finds fewer errors.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PROGRAM = new URL('../dist/cli/main.js', import.meta.url).pathname;
const NOT_PUBLISHED = ['memory', 'none', 'machine'];

const [folder, table, hypothesesFile] = process.argv.slice(2);
if (!folder || !table) {
  console.error('usage: node bench/word-errors.mjs <folder> <references.tsv> [hypotheses.json]');
  process.exit(2);
}
const references = rowsOf(readFileSync(table, 'utf8')).filter(
  (row) => row.ref_kind === 'empty' || (row.language === 'en' && row.transcript !== ''),
);
const texts = await transcribe(references.map(({ file }) => file));
if (hypothesesFile) writeFileSync(hypothesesFile, JSON.stringify(Object.fromEntries(texts), undefined, 1));
report();

async function transcribe(files) {
  const output = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
  try {
    const inputs = files.map((file) => resolve(folder, file));
    const results = await run([
      'transcribe',
      ...inputs,
      '--engine',
      'local',
      '--json',
      '-f',
      'jsonl',
      '-o',
      output,
    ]);
    const byInput = new Map(
      results.filter(({ type }) => type === 'result').map((it) => [resolve(it.input), it]),
    );
    return new Map(files.map((file, index) => [file, textOf(byInput.get(inputs[index]))]));
  } finally {
    rmSync(output, { recursive: true });
  }
}

/** Runs the program and reads its JSON lines. */
async function run(args) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const stdout = (await child.stdout.setEncoding('utf8').toArray()).join('');
  return linesOf(stdout);
}

function textOf(result) {
  if (result?.status !== 'done') return '';
  return linesOf(readFileSync(result.outputs[0], 'utf8'))
    .map(({ text }) => text)
    .join(' ');
}

function report() {
  let [errors, words, hallucinated] = [0, 0, 0];
  for (const { file, ref_kind, transcript } of references) {
    const text = texts.get(file) ?? '';
    if (ref_kind === 'empty') {
      if (wordsOf(text).length > 0) hallucinated += 1;
    } else if (!NOT_PUBLISHED.includes(ref_kind)) {
      errors += distance(wordsOf(transcript), wordsOf(text));
      words += wordsOf(transcript).length;
    }
  }
  const silent = references.filter(({ ref_kind }) => ref_kind === 'empty').length;
  console.log(
    `${errors} errors in ${words} words: ${((100 * errors) / words).toFixed(1)} % without normalisation of numbers and spellings`,
  );
  console.log(`recordings without speech in which text was found: ${hallucinated} of ${silent}`);
}

function wordsOf(text) {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}' ]/gu, ' ')
    .split(' ')
    .filter(Boolean);
}

/** Returns the edit distance of two texts in words. */
function distance(from, to) {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, word] of from.entries()) {
    const next = [i + 1];
    for (const [j, other] of to.entries())
      next.push(Math.min(row[j] + (word === other ? 0 : 1), row[j + 1] + 1, next[j] + 1));
    row = next;
  }
  return row.at(-1);
}

function rowsOf(text) {
  const [heading, ...lines] = text.split(/\r?\n/).filter(Boolean);
  const names = heading.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  });
}

function linesOf(text) {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
