// Word error rate of `fun-asr transcribe` with the local engine, on recordings with reference transcripts.
//
//   npm run build && node bench/word-errors.mjs <folder> <references.tsv> [hypotheses.json]
//
// The table needs a header line with the columns `file` (path inside the folder), `language`, `ref_kind` and `transcript`.
// English recordings with a published transcript are scored. `ref_kind` `empty` marks a recording without speech, in which
// no text may be found. The recognised texts are written to the optional JSON file as {file: text}.
//
// Prints for each half of the recordings the errors, the words and the rate, and the words that are missing in runs of five and
// more, or because a recording has no text: those of whole segments. The halves are fixed by the transcripts: tune with `tuning` only, `judging` then shows what
// the change is worth. Prints also the number of recordings without speech in which text was found. Both texts are compared
// in lower case without punctuation, without further normalisation: "two" and "2" differ, so a scorer with number and
// spelling rules finds fewer errors. Exits with 1 when a recording failed, or when text was found without speech.
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PROGRAM = new URL('../dist/cli/main.js', import.meta.url).pathname;
const NOT_PUBLISHED = ['memory', 'none', 'machine'];
/** So many missing words in a row are those of a whole segment. */
const SEGMENT_WORDS = 5;

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

/** The text of a result; undefined when the recording failed. */
function textOf(result) {
  if (result?.status !== 'done') return undefined;
  return linesOf(readFileSync(result.outputs[0], 'utf8'))
    .map(({ text }) => text)
    .join(' ');
}

function report() {
  const silent = references.filter(({ ref_kind }) => ref_kind === 'empty');
  const scored = references.filter(
    ({ ref_kind }) => ref_kind !== 'empty' && !NOT_PUBLISHED.includes(ref_kind),
  );
  const isFailed = ({ file }) => texts.get(file) === undefined;
  for (const half of ['tuning', 'judging']) {
    const score = { errors: 0, words: 0, lost: 0, losses: [] };
    for (const row of scored) {
      if (halfOf(row) !== half || isFailed(row)) continue;
      const spoken = wordsOf(row.transcript);
      const found = wordsOf(texts.get(row.file));
      const { errors, missing } = compare(spoken, found);
      const lost = missing
        .filter((length) => length >= SEGMENT_WORDS || found.length === 0)
        .reduce((sum, length) => sum + length, 0);
      score.errors += errors;
      score.words += spoken.length;
      score.lost += lost;
      if (lost > 0) score.losses.push(`${row.file} ${lost}`);
    }
    const rate = ((100 * score.errors) / score.words).toFixed(1);
    console.log(`${half}: ${score.errors} errors in ${score.words} words, ${rate} %`);
    console.log(
      `${half}: ${score.lost} words missing in runs of ${SEGMENT_WORDS} and more, or in recordings without text${score.lost > 0 ? `: ${score.losses.join(', ')}` : ''}`,
    );
  }
  const invented = silent.filter(({ file }) => wordsOf(texts.get(file) ?? '').length > 0);
  console.log(`recordings without speech in which text was found: ${invented.length} of ${silent.length}`);
  const failed = references.filter(isFailed);
  for (const { file } of failed) console.log(`failed: ${file}`);
  if (failed.length > 0 || invented.length > 0) process.exitCode = 1;
}

/** Recordings of the same words are in the same half. */
function halfOf({ transcript }) {
  const [first] = createHash('sha256').update(wordsOf(transcript).join(' ')).digest();
  return first % 2 === 0 ? 'tuning' : 'judging';
}

function wordsOf(text) {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}' ]/gu, ' ')
    .split(' ')
    .filter(Boolean);
}

/** The edit distance of two texts in words, and the lengths of the runs of words that are missing. */
function compare(spoken, found) {
  const rows = [Array.from({ length: found.length + 1 }, (_, index) => index)];
  for (const [i, word] of spoken.entries()) {
    const row = [i + 1];
    for (const [j, other] of found.entries())
      row.push(Math.min(rows[i][j] + (word === other ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1));
    rows.push(row);
  }
  const missing = [];
  let [i, j, length] = [spoken.length, found.length, 0];
  while (i > 0 || j > 0) {
    const here = rows[i][j];
    if (i > 0 && j > 0 && here === rows[i - 1][j - 1] + (spoken[i - 1] === found[j - 1] ? 0 : 1)) {
      missing.push(length);
      length = 0;
      [i, j] = [i - 1, j - 1];
    } else if (i > 0 && here === rows[i - 1][j] + 1) {
      length += 1;
      i -= 1;
    } else j -= 1;
  }
  return { errors: rows[spoken.length][found.length], missing: [...missing, length].filter(Boolean) };
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
