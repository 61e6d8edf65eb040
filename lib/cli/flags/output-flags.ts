import { type Command, Option } from 'commander';
import { DEFAULT_OUTPUT_FORMATS, OUTPUT_FORMATS, type OutputFormat } from '../../batch/output-formats.ts';
import { listOf, oneOf } from '../../core/options.ts';
import { parsed, words } from './arguments.ts';

/** What the flags of {@link addOutputFlags} give. */
export interface OutputFlags {
  readonly outputDir?: string;
  readonly outputFormat: readonly OutputFormat[];
}

/** Adds the flags that say which files are written, and where. */
export function addOutputFlags(command: Command, folder: string): void {
  command
    .optionsGroup('Output:')
    .option('-o, --output-dir <dir>', folder)
    .addOption(
      new Option('-f, --output-format <list>', `some of ${Object.keys(OUTPUT_FORMATS).join(', ')}; or all`)
        .argParser(formats)
        .default(DEFAULT_OUTPUT_FORMATS, DEFAULT_OUTPUT_FORMATS.join(',')),
    );
}

const names = Object.keys(OUTPUT_FORMATS) as OutputFormat[];

function formats(text: string): OutputFormat[] {
  const list = parsed(words, listOf(oneOf(...names, 'all')))(text);
  return names.filter((name) => list.includes(name) || list.includes('all'));
}
