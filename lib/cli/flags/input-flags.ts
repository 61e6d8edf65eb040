import { readFile } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import type { Command } from 'commander';
import { STDIN } from '../../batch/plan/find-recordings.ts';
import { FunAsrError, messageOf } from '../../core/errors.ts';

/** Values of the flags of {@link addInputFlags}. */
export interface InputFlags {
  readonly fromFile?: string;
}

/** Adds the arguments and flags that name the inputs. */
export function addInputFlags(command: Command): Command {
  return command
    .argument('[input...]', 'files, folders (with sub-folders), glob patterns, or - for standard input')
    .option('--from-file <file>', 'list of more inputs, one per line; - is standard input');
}

/**
 * The inputs of a command: its arguments, and those that the file of `--from-file` lists.
 * @throws {FunAsrError} `E_OPTION` when there are none, or when standard input would be read twice; `E_READ`.
 */
export async function readInputs(
  args: readonly string[],
  { fromFile }: InputFlags,
  stdin: NodeJS.ReadableStream = process.stdin,
): Promise<string[]> {
  const inputs = fromFile === undefined ? [...args] : [...args, ...(await readList(fromFile, stdin))];
  if (fromFile === STDIN && inputs.includes(STDIN)) {
    throw new FunAsrError(
      'E_OPTION',
      '--from-file -: standard input is the list, and - names it as a recording',
      {
        hint: 'Save the list to a file.',
      },
    );
  }
  if (inputs.length > 0) return inputs;
  throw new FunAsrError(
    'E_OPTION',
    fromFile === undefined ? 'no input is given' : `${fromFile}: lists no input`,
    {
      hint: 'Name a recording, a folder of recordings, or a pattern; --help shows examples.',
    },
  );
}

async function readList(file: string, stdin: NodeJS.ReadableStream): Promise<string[]> {
  const content = await (file === STDIN ? readStream(stdin) : readFile(file, 'utf8')).catch(
    (cause: unknown) => {
      throw new FunAsrError('E_READ', `${file}: cannot read the list of inputs: ${messageOf(cause)}`, {
        cause,
      });
    },
  );
  return content
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((line) => line !== '');
}
