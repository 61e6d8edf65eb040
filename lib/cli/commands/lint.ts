import { chmod, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { asFunAsrError, FunAsrError, messageOf } from '../../core/errors.ts';
import { AtomicFile } from '../../core/system/atomic-file.ts';
import { withWriteErrors } from '../../core/system/write-error.ts';
import { makeFolder } from '../../core/system/make-folder.ts';
import type { SubtitleFormat } from '../../subtitles/check/file/subtitle-file.ts';
import type { Finding } from '../../subtitles/check/findings.ts';
import { fix, type FixOptions } from '../../subtitles/check/fix.ts';
import { lint } from '../../subtitles/check/lint.ts';
import { loadPhrases } from '../../subtitles/words/phrases.ts';
import { addCheckFlags, type CueFlags, cueOptions } from '../flags/cue-flags.ts';
import { outputDirOption } from '../flags/output-flags.ts';
import { exitCodeOf } from '../run/exit-code.ts';
import { errorLine } from '../terminal/error-line.ts';
import { addHelpText } from '../terminal/help.ts';
import { printJson } from '../terminal/print-json.ts';
import { printable } from '../terminal/printable.ts';

interface LintFlags extends CueFlags {
  readonly strict?: boolean;
  readonly fix?: boolean;
  readonly outputDir?: string;
  readonly json?: boolean;
}

export function define(command: Command): void {
  command
    .argument('<file...>', 'subtitle files: .srt or .vtt')
    .option('--fix', 'repair what can be repaired without a change to any word or start')
    .addOption(outputDirOption('folder for repaired files (default: in place)'))
    .option('--strict', 'warnings are errors')
    .option('--json', 'print JSON, one object per line: the findings, then a summary')
    .addOption(
      new Option('--language <code>', 'language of the text, such as zh, en or ja (default: by the text)'),
    )
    .action(run);
  addCheckFlags(command);
  addHelpText(command, {
    examples: [
      ['fun-asr lint talk.srt', 'rules of Netflix for the language of the text'],
      ['fun-asr lint talk.srt --profile bbc --max-cps 15', ''],
      ['fun-asr lint *.vtt --fix', 'repairs in place'],
      ['fun-asr lint *.vtt --fix -o fixed', 'repairs copies'],
      ['fun-asr lint talk.srt --json | jq \'select(.rule == "cps")\'', ''],
    ],
    notes: ['Exit codes: 0 no errors; 1 errors, or a file cannot be read; 2 wrong arguments.'],
  });
}

/** What the files of a run have together. */
interface Totals {
  files: number;
  cues: number;
  errors: number;
  warnings: number;
  repaired: number;
}

async function run(inputs: string[], flags: LintFlags): Promise<void> {
  checkUse(inputs, flags);
  const totals: Totals = { files: 0, cues: 0, errors: 0, warnings: 0, repaired: 0 };
  let failed = 0;
  for (const input of inputs) {
    try {
      await checkFile(input, flags, totals);
    } catch (error) {
      const failure = asFunAsrError(error);
      process.stderr.write(`${errorLine(failure, input)}\n`);
      failed = Math.max(failed, exitCodeOf(failure.code));
    }
  }
  const exitCode = Math.max(failed, totals.errors > 0 ? 1 : 0);
  process.exitCode = exitCode;
  const { files, cues, errors, warnings } = totals;
  if (flags.json) printJson({ type: 'summary', files, cues, errors, warnings, exitCode });
  else process.stdout.write(`${summaryLine(totals, flags)}\n`);
}

async function checkFile(input: string, flags: LintFlags, totals: Totals): Promise<void> {
  const bytes = await readInput(input);
  const format = formatOf(input);
  const { newline, bom, karaoke: _, ...limits } = cueOptions(flags);
  const options: FixOptions = { ...limits, strict: flags.strict };
  let checked = lint(bytes, format, options);
  const loading = loadPhrases(checked.profile.language);
  if (loading) {
    await loading;
    checked = lint(bytes, format, options);
  }
  if (flags.fix) {
    const fixed = fix(bytes, format, { ...options, newline, bom });
    if (fixed.bytes) {
      const isRepaired = await writeFixed(input, bytes, fixed.bytes, flags.outputDir);
      if (isRepaired) totals.repaired += 1;
    } else {
      process.stderr.write(`${printable(input)}: not repaired: ${fixed.reason}\n`);
    }
    checked = fixed.checked;
  }
  totals.files += 1;
  totals.cues += checked.file?.cues.length ?? 0;
  for (const finding of checked.findings) {
    totals[finding.severity === 'error' ? 'errors' : 'warnings'] += 1;
    if (flags.json) printJson({ type: 'finding', file: input, ...finding });
    else process.stdout.write(`${findingLine(input, finding)}\n`);
  }
}

/** Refuses wrong use before any file is changed. */
function checkUse(inputs: readonly string[], flags: LintFlags): void {
  cueOptions(flags);
  for (const input of inputs) formatOf(input);
  const { outputDir } = flags;
  const [unused] = Object.entries({
    newline: flags.newline,
    bom: flags.bom,
    'output-dir': outputDir,
  }).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (!flags.fix && unused !== undefined)
    throw new FunAsrError('E_OPTION', `--${unused}: only --fix writes files`, { hint: 'Add --fix.' });
  if (outputDir === undefined) return;
  const outputs = new Map<string, string>();
  for (const input of inputs) {
    const output = outputPath(input, outputDir);
    const other = outputs.get(output);
    if (other !== undefined && resolve(other) !== resolve(input)) {
      const hint = { hint: 'Run the command for each folder, with another output folder.' };
      throw new FunAsrError('E_OPTION', `${input}: would replace the output of ${other}`, hint);
    }
    outputs.set(output, input);
  }
}

function formatOf(input: string): SubtitleFormat {
  const extension = extname(input).toLowerCase();
  if (extension === '.srt') return 'srt';
  if (extension === '.vtt') return 'vtt';
  throw new FunAsrError('E_OPTION', `${input}: lint checks .srt and .vtt files`);
}

async function readInput(input: string): Promise<Buffer> {
  try {
    return await readFile(input);
  } catch (cause) {
    throw new FunAsrError('E_READ', `${input}: cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Writes a repaired file, whole or not at all. In place, a file that needs no repair is not written.
 * @returns Whether the content has changed.
 */
async function writeFixed(
  input: string,
  before: Uint8Array,
  after: Uint8Array,
  outputDir: string | undefined,
): Promise<boolean> {
  const isChanged = Buffer.compare(before, after) !== 0;
  if (outputDir === undefined && !isChanged) return false;
  // A link stays a link: the file that it names is replaced.
  const path = outputDir === undefined ? await realpath(input) : outputPath(input, outputDir);
  await withWriteErrors(path, () => makeFolder(dirname(path)));
  const file = await AtomicFile.create(path);
  try {
    await file.attempt(() => writeFile(file.path, after));
    if (outputDir === undefined)
      await file.attempt(async () => chmod(file.path, (await stat(path)).mode & 0o7777));
    await file.complete();
    await file.place();
  } finally {
    await file.discard();
  }
  return isChanged;
}

function outputPath(input: string, outputDir: string): string {
  return join(outputDir, basename(input));
}

function findingLine(input: string, { line, cue, rule, message }: Finding): string {
  const place = cue === null ? '' : `cue ${cue}: `;
  return printable(`${input}:${line}: ${place}${rule}: ${message}`);
}

function summaryLine({ files, cues, errors, warnings, repaired }: Totals, flags: LintFlags): string {
  const counts = [
    count(files, 'file'),
    count(cues, 'cue'),
    count(errors, 'error'),
    count(warnings, 'warning'),
  ];
  if (flags.fix) counts.push(`${repaired} repaired`);
  return counts.join(', ');
}

function count(amount: number, name: string): string {
  return `${amount} ${name}${amount === 1 ? '' : 's'}`;
}
