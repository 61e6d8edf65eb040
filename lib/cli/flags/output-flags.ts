import { type Command, Option } from 'commander';
import { DEFAULT_OUTPUT_FORMATS, OUTPUT_FORMATS, type OutputFormat } from '../../subtitles/formats.ts';
import { FunAsrError } from '../../core/errors.ts';
import { listOf, oneOf } from '../../core/options.ts';
import { parseValue, splitList } from './values/parse-value.ts';
import { suggestValues } from './values/suggested-values.ts';

/** The value of `--output-dir` that stands for standard output. */
export const STDOUT = '-';

/** Values of the flags of {@link addOutputFlags}. */
export interface OutputFlags {
  readonly outputDir?: string;
  readonly outputFormat: readonly OutputFormat[];
}

/** Options of {@link addOutputFlags}. */
export interface OutputFlagOptions {
  /** Whether `--output-dir` accepts {@link STDOUT}. @default false */
  readonly takesStdout?: boolean;
  /** @default ['srt', 'jsonl'] */
  readonly formats?: readonly OutputFormat[];
}

/**
 * Adds the flags that select the output formats and their folder.
 * @param folder Description of `--output-dir`.
 */
export function addOutputFlags(
  command: Command,
  folder: string,
  { takesStdout = false, formats = DEFAULT_OUTPUT_FORMATS }: OutputFlagOptions = {},
): void {
  command
    .optionsGroup('Output:')
    .addOption(outputDirOption(folder, takesStdout))
    .addOption(
      suggestValues(
        new Option('-f, --output-format <list>', `any of ${Object.keys(OUTPUT_FORMATS).join(', ')}; or all`),
        [...Object.keys(OUTPUT_FORMATS), 'all'],
      )
        .argParser(parseFormats)
        .default(formats, formats.join(',')),
    );
}

/**
 * `--output-dir`, for every command that writes files.
 * @param takesStdout Whether {@link STDOUT} is accepted.
 */
export function outputDirOption(description: string, takesStdout = false): Option {
  return new Option('-o, --output-dir <dir>', description).argParser((folder) => {
    if (folder !== STDOUT || takesStdout) return folder;
    throw new FunAsrError('E_OPTION', '--output-dir: - is not a folder', {
      hint: 'Outputs are written to files: name a folder. A folder with this name is ./-',
    });
  });
}

const names = Object.keys(OUTPUT_FORMATS) as OutputFormat[];

function parseFormats(text: string): OutputFormat[] {
  const list = parseValue(splitList, listOf(oneOf(...names, 'all')))(text);
  return names.filter((name) => list.includes(name) || list.includes('all'));
}
