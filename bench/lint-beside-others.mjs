// What `fun-asr lint` reports on subtitle files of other programs and on broken files, beside other checkers: srt-validator and
// media-captions. webvtt-parser, the parser of the W3C, is shown too; but it is a part of our lint, and proves nothing about it.
//
//   npm run build && node bench/lint-beside-others.mjs [--messages]
//
// lint uses its defaults, and the language of the passages. For Japanese that is netflix-ja with 4 characters per second; our
// layout allows 7, because speech is that fast: so nearly all Japanese cues are too fast here.
//
// Files: SRT and WebVTT of @deepgram/captions, and SRT by the rules of Whisper's writer, for the judging passages of
// bench/subtitles/passages/; and the files in bench/subtitles/files/. The name of each of these begins with the rule that it
// breaks, or with "valid". --messages prints what the other checkers report, with their lines. Exits with 1 when lint does not
// report the rule of a file, reports something else as an error, or reports anything for a valid file; and when another
// checker reports a file that lint does not report.
import { DeepgramConverter, webvtt as deepgramVtt } from '@deepgram/captions';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseText } from 'media-captions';
import srtValidator from 'srt-validator';
import webvtt from 'webvtt-parser';
import { passagesOf } from './subtitles/passages.mjs';
import { deepgramOf, WRITERS } from './subtitles/writers.mjs';

const { values } = parseArgs({ options: { messages: { type: 'boolean', default: false } } });
const CLI = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const FILES = fileURLToPath(new URL('subtitles/files/', import.meta.url));
const LANGUAGES = ['en', 'zh', 'ja'];
/** The other checkers, and the format that each reads. They accept a text, in which U+FFFD replaces bytes that are not UTF-8. */
const CHECKERS = {
  'srt-validator': { format: 'srt', check: (text) => srtValidator.default(text).map(srtValidatorMessage) },
  'media-captions': { check: mediaCaptions },
  'webvtt-parser': { format: 'vtt', check: webvttParser },
};

const folder = mkdtempSync(join(tmpdir(), 'lint-beside-others-'));
try {
  const groups = [...writeOutputs(), ...brokenFiles()];
  for (const group of groups) group.paths ??= await writePassages(group);
  const findings = lintAll(groups);
  const rows = [];
  for (const group of groups) rows.push(await rowOf(group, findings));
  print(rows);
  for (const row of rows) judge(row);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Writes the outputs of all writers, one file for each passage. */
function writeOutputs() {
  const vtt = (sentences) => deepgramVtt(new DeepgramConverter(deepgramOf(sentences)));
  const writers = [
    ...Object.entries(WRITERS).map(([writer, write]) => ({ writer, format: 'srt', write })),
    { writer: '@deepgram/captions', format: 'vtt', write: vtt },
  ];
  const groups = LANGUAGES.flatMap((language) => writers.map((writer) => ({ ...writer, language })));
  return groups.map((group, index) => {
    const own = join(folder, String(index));
    mkdirSync(own);
    const name = `${group.writer}, ${group.language}, ${group.format}`;
    return { ...group, name, folder: own, isOurs: group.writer === 'ours' };
  });
}

function brokenFiles() {
  return readdirSync(FILES).map((name) => {
    const [stem, format] = name.split('.');
    return { name, format, paths: [join(FILES, name)], isBroken: true, stem };
  });
}

async function rowOf(group, all) {
  const { paths } = group;
  const findings = paths.flatMap((path) => all.get(path) ?? []);
  const counts = new Map();
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const others = {};
  for (const [checker, { format, check }] of Object.entries(CHECKERS)) {
    if (format !== undefined && format !== group.format) continue;
    others[checker] = [];
    for (const path of paths)
      others[checker].push(...(await check(readFileSync(path, 'utf8'), group.format)));
  }
  return { ...group, files: paths.length, findings, counts, others };
}

async function writePassages({ language, format, folder: own, write }) {
  const paths = [];
  for (const [index, sentences] of passagesOf(language, 'judging').entries()) {
    const path = join(own, `${index + 1}.${format}`);
    writeFileSync(path, await write(sentences, language));
    paths.push(path);
  }
  return paths;
}

/** Runs our lint once for each language. @returns The findings of each path. */
function lintAll(groups) {
  const findings = new Map();
  for (const language of new Set(groups.map((group) => group.language))) {
    const paths = groups.filter((group) => group.language === language).flatMap((group) => group.paths);
    for (const finding of lint(paths, language))
      findings.set(finding.file, [...(findings.get(finding.file) ?? []), finding]);
  }
  return findings;
}

/** @returns The findings of our lint, by the rules of a language, or of that of each text. */
function lint(paths, language) {
  const flags = language === undefined ? [] : ['--language', language];
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [CLI, 'lint', '--json', ...flags, ...paths],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  );
  if (status !== 0 && status !== 1) throw new Error(`lint failed: ${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'finding');
}

function srtValidatorMessage({ lineNumber, message }) {
  return `${lineNumber}: ${message}`;
}

/** A wrong header is an error in strict mode only, which ends at the first error. */
async function mediaCaptions(text, type) {
  const { errors } = await parseText(text, { type, errors: true });
  if (errors.length > 0) return errors.map(withLine);
  try {
    await parseText(text, { type, strict: true });
    return [];
  } catch (error) {
    return [withLine(error)];
  }
}

function withLine({ line, message }) {
  return `${line}: ${message}`;
}

function webvttParser(text) {
  const { errors } = new webvtt.WebVTTParser().parse(text, 'subtitles');
  return errors.map(withLine);
}

function print(rows) {
  const head = ['file', 'files', 'ours', ...Object.keys(CHECKERS)];
  const cells = rows.map(({ name, files, counts, others }) => [
    name,
    String(files),
    [...counts].map(([rule, count]) => `${rule} ${count}`).join(', ') || '-',
    ...Object.keys(CHECKERS).map((checker) => (others[checker] ? String(others[checker].length || '-') : '')),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((row) => row[column].length)));
  // The longest column is the last one.
  const order = [0, 1, 3, 4, 5, 2];
  for (const row of [head, ...cells])
    console.log(
      order.map((column) => (column === 2 ? row[column] : row[column].padEnd(widths[column] + 2))).join(''),
    );
  if (!values.messages) return;
  for (const { name, others } of rows)
    for (const [checker, messages] of Object.entries(others))
      for (const message of distinct(messages)) console.log(`${name}: ${checker}: ${message}`);
}

/** Messages without their line, with the first line and the number of times. */
function distinct(messages) {
  const seen = new Map();
  for (const message of messages) {
    const [, line, rest] = /^(\d+): (.*)$/s.exec(message) ?? [undefined, '?', message];
    const key = rest.replaceAll(/\d+/g, 'N');
    const known = seen.get(key);
    if (known) known.count += 1;
    else seen.set(key, { text: `line ${line}: ${rest}`, count: 1 });
  }
  return [...seen.values()].map(({ text, count }) => text + (count > 1 ? ` (${count} times)` : ''));
}

function judge({ name, isBroken, isOurs, stem, findings, counts, others }) {
  const reporting = Object.keys(others).filter((checker) => others[checker].length > 0);
  if (reporting.length > 0 && findings.length === 0)
    miss(`${name}: ${reporting.join(', ')} reports it, lint does not`);
  if (isOurs && findings.some(({ severity }) => severity === 'error')) miss(`${name}: lint reports errors`);
  if (!isBroken) return;
  if (stem.startsWith('valid')) {
    if (findings.length > 0) miss(`${name}: lint reports ${findings[0].rule}`);
    return;
  }
  const rule = [...counts.keys()].find((id) => stem === id || stem.startsWith(`${id}-`));
  if (rule === undefined) miss(`${name}: lint does not report the rule`);
}

function miss(message) {
  console.log(`missed: ${message}`);
  process.exitCode = 1;
}
