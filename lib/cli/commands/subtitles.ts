import { styleText } from 'node:util';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { canonicalInput, STDIN, STDIN_NAME } from '../../batch/plan/find-recordings.ts';
import { isLanguageCode } from '../../batch/transcripts/language-suffix.ts';
import { type SubtitlesReport, type SubtitlesResult, writeSubtitles } from '../../batch/subtitles-run.ts';
import { FunAsrError } from '../../core/errors.ts';
import { type OutputFormat } from '../../subtitles/formats.ts';
import { addCueFlags, type CueFlags, cueOptions } from '../flags/cue-flags.ts';
import { addOutputFlags, STDOUT } from '../flags/output-flags.ts';
import { addTranscriptFlags, type TranscriptFlags, transcriptOptions } from '../flags/transcript-flags.ts';
import { interruptible } from '../run/interruptible.ts';
import { errorLine, warningLine } from '../terminal/error-line.ts';
import { formatCount } from '../terminal/format.ts';
import { addHelpText } from '../terminal/help.ts';
import { printJson } from '../terminal/print-json.ts';
import { printable } from '../terminal/printable.ts';

interface SubtitlesFlags extends CueFlags, TranscriptFlags {
  readonly outputFormat: readonly OutputFormat[];
  readonly outputDir?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function define(command: Command): void {
  command
    .argument(
      '<input...>',
      'transcripts: .jsonl and .json files, folders (with sub-folders), glob patterns, or - for standard input',
    )
    .action(run);
  addOutputFlags(command, 'folder for all outputs; - is standard output (default: next to each input)', {
    takesStdout: true,
    formats: ['srt'],
  });
  addTranscriptFlags(command)
    .option('--force', 'write all outputs again, and replace existing files, but never an input')
    .option('--json', 'print JSON, one object per line: a result per input, then a summary')
    .option('-q, --quiet', 'print errors only');
  addCueFlags(command).addOption(
    new Option(
      '--language <code>',
      'language of the text, such as zh, en or ja (default: by the text)',
    ).argParser(parseLanguage),
  );
  addHelpText(command, {
    examples: [
      ['fun-asr subtitles talk.jsonl', 'writes talk.srt'],
      ['fun-asr subtitles talk.jsonl -f vtt --profile short-video --karaoke', ''],
      ['fun-asr subtitles talks/ -f all -o out', 'a folder with its sub-folders'],
      ['fun-asr subtitles whisper.json --language-suffix', 'writes whisper.en.srt'],
      ['fun-asr subtitles talk.jsonl -f json --json-shape deepgram', 'for tools that read Deepgram'],
      ['fun-asr subtitles - -f txt --paragraphs < talk.json > talk.txt', 'from a pipe into a pipe'],
    ],
    notes: [
      'Reads .jsonl and .json of this program, and the JSON of DashScope, Whisper, whisper.cpp, OpenAI and Deepgram. ' +
        'Recognises nothing, and needs no key and no network.',
      'Exit codes: 0 all done; 1 at least one input failed; 2 wrong arguments, or nothing to read; 130 or 143 ' +
        'interrupted.',
    ],
  });
}

async function run(inputs: string[], flags: SubtitlesFlags): Promise<void> {
  const isStdout = checkStdout(inputs, flags);
  const { outputDir, outputFormat: formats, force, language = 'auto' } = flags;
  const notice = (line: string): void => {
    if (!flags.quiet) process.stderr.write(`${line}\n`);
  };
  if (flags.jsonShape && !formats.includes('json')) notice(warningLine(noEffect('--json-shape', 'json')));
  if (flags.paragraphs && !formats.includes('txt')) notice(warningLine(noEffect('--paragraphs', 'txt')));
  const counts = { done: 0, skipped: 0, failed: 0 };
  const isComplete = await interruptible(async (signal) => {
    await writeSubtitles({
      inputs,
      outputDir,
      formats,
      force,
      format: { ...cueOptions(flags), ...transcriptOptions(flags), signal },
      languageSuffix: flags.languageSuffix ? language : undefined,
      output: isStdout ? process.stdout : undefined,
      stdin: process.stdin,
      onWarning: (warning, name) => notice(warningLine(warning, name)),
      onResult(result) {
        counts[result.status] += 1;
        showResult(result, isStdout, flags);
      },
    });
  });
  if (isComplete) process.exitCode = counts.failed > 0 ? 1 : 0;
  showSummary(counts, flags);
}

function showResult(result: SubtitlesResult, isStdout: boolean, { json, quiet }: SubtitlesFlags): void {
  if (json) printJson(result);
  const name = result.input === STDIN ? STDIN_NAME : result.input;
  if (result.error) {
    process.stderr.write(`${errorLine(result.error, name)}\n`);
  } else if (quiet || json) {
    return;
  } else if (result.status === 'skipped') {
    const line = `${name}: skipped, up to date: ${result.outputs.join(', ')}`;
    process.stderr.write(`${printable(line)}\n`);
  } else {
    const mark = styleText('green', '✔', { stream: process.stderr });
    const outputs = isStdout ? 'standard output' : result.outputs.join(', ');
    const line = printable(`${name}: ${formatCount(result.sentences, 'sentence')} → ${outputs}`);
    process.stderr.write(`${mark} ${line}\n`);
  }
}

function showSummary({ done, skipped, failed }: SubtitlesReport, { json, quiet }: SubtitlesFlags): void {
  if (json) printJson({ type: 'summary', done, skipped, failed, exitCode: process.exitCode });
  if (json || quiet || done + skipped + failed < 2) return;
  const parts = [`${done} done`, skipped > 0 && `${skipped} skipped`, failed > 0 && `${failed} failed`];
  process.stderr.write(`${parts.filter(Boolean).join(', ')}\n`);
}

/**
 * Whether the output goes to standard output: with `-o -`, and for standard input in one format when standard output is no
 * terminal.
 * @throws {FunAsrError} `E_OPTION` for `-o -` with anything else on standard output.
 */
function checkStdout(inputs: readonly string[], flags: SubtitlesFlags): boolean {
  const { outputDir, outputFormat, json, languageSuffix } = flags;
  const isPossible = inputs.length === 1 && outputFormat.length === 1 && !json;
  if (outputDir === STDOUT && !isPossible)
    throw new FunAsrError('E_OPTION', 'subtitles: -o - takes one input and one format, without --json', {
      hint: 'Name the format with -f, such as -f srt.',
    });
  const isPipe =
    inputs.map(canonicalInput).includes(STDIN) && outputDir === undefined && !process.stdout.isTTY;
  // A name with a language is that of a file.
  return outputDir === STDOUT || (isPossible && isPipe && !languageSuffix);
}

function noEffect(flag: string, format: OutputFormat): FunAsrError {
  return new FunAsrError('W_OPTION', `${flag} has no effect without the format ${format}`, {
    hint: `Add -f ${format}.`,
  });
}

function parseLanguage(text: string): string {
  if (text === 'auto' || isLanguageCode(text)) return text;
  throw new InvalidArgumentError('It must be a language code, such as zh, en or ja.');
}
