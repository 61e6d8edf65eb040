import { type Command, Option } from 'commander';
import { DEFAULT_FORMATS, FORMATS, type Format } from '../../batch/formats.ts';
import { listOf, oneOf } from '../../core/options.ts';
import { parsed, words } from './parse-value.ts';

/** What the flags of {@link addOutputFlags} give. */
export interface OutputFlags {
  readonly outputDir?: string;
  readonly outputFormat: readonly Format[];
}

/** Adds the flags that say which files are written, and where. */
export function addOutputFlags(command: Command, folder: string): void {
  command
    .optionsGroup('Output:')
    .option('-o, --output-dir <dir>', folder)
    .addOption(
      new Option('-f, --output-format <list>', `some of ${Object.keys(FORMATS).join(', ')}; or all`)
        .argParser(formats)
        .default(DEFAULT_FORMATS, DEFAULT_FORMATS.join(',')),
    );
}

const names = Object.keys(FORMATS) as Format[];

function formats(text: string): Format[] {
  const list = parsed(words, listOf(oneOf(...names, 'all')))(text);
  return names.filter((name) => list.includes(name) || list.includes('all'));
}
