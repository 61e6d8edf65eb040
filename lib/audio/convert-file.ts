import { lstat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import { AtomicFile } from '../core/system/atomic-file.ts';
import { FunAsrError } from '../core/errors.ts';
import { boolean, callback, checkArgument, checkOptions, pick, type Rules, text } from '../core/options.ts';
import { checkConvert, CONVERT_RULES, type ConvertOptions } from './convert.ts';
import { convertInto, type ConvertObserver } from './convert-into.ts';
import { pathOrReadable, type RecordingInput } from './source/recording-input.ts';
import type { Conversion } from './ffmpeg/convert-audio.ts';
import { CONVERSION_FORMATS, type ConversionFormat } from './ffmpeg/encoding.ts';
import { optionName } from '../core/option-names.ts';

/** Options of {@link convertFile}: those of `convert`, and what concerns the output file. */
export interface ConvertFileOptions extends Omit<ConvertOptions, 'to'>, ConvertObserver {
  /** @default by the extension of the output */
  readonly to?: ConversionFormat | undefined;
  /** Replaces an output that exists. @default false */
  readonly force?: boolean | undefined;
}

const CONVERT_FILE_RULES: Rules<ConvertFileOptions> = {
  ...CONVERT_RULES,
  force: boolean,
  onProgress: callback,
  onWarning: callback,
};

/**
 * Converts a recording into a file, which gets its name only when it is complete: `convertFile('talk.wav',
 * 'talk.mp3')`. The header of the file states its true length.
 * @param input Path of a recording, or its bytes: a Readable, a web `ReadableStream` or a `Blob`.
 * @throws {FunAsrError} `E_OPTION` at once. Later what `convert()` fails with, `E_READ`, `E_URL_REFUSED`, and
 * `E_EXISTS` when the output exists and `force` is not set; an `AbortError`.
 */
export function convertFile(
  input: RecordingInput,
  output: string,
  options: ConvertFileOptions = {},
): Promise<Conversion> {
  checkOptions('convertFile', options, CONVERT_FILE_RULES);
  checkArgument('convertFile', 'the output', output, text);
  const source = pathOrReadable('convertFile', input);
  const conversion = { ...pick(options, CONVERT_RULES), to: options.to ?? formatOf(output) };
  checkConvert('convertFile', conversion);
  return convertComplete(source, output, conversion, options);
}

async function convertComplete(
  input: string | Readable,
  output: string,
  encoding: ConvertOptions,
  { force = false, onProgress, onWarning }: ConvertFileOptions,
): Promise<Conversion> {
  if (!force && (await exists(output))) {
    throw new FunAsrError('E_EXISTS', `${output}: exists already and is not replaced`, {
      hint: `Choose another name, or set ${optionName('force')}.`,
    });
  }
  const file = await AtomicFile.create(output);
  try {
    const conversion = await convertInto(input, file.path, encoding, { onProgress, onWarning });
    await file.complete();
    await file.place();
    return conversion;
  } finally {
    await file.discard();
  }
}

/** @throws {FunAsrError} `E_OPTION`. */
function formatOf(output: string): ConversionFormat {
  const extension = extname(output).slice(1).toLowerCase();
  const format = CONVERSION_FORMATS.find((candidate) => candidate === extension);
  if (format) return format;
  throw new FunAsrError('E_OPTION', `convertFile: the extension of ${output} names no format`, {
    hint: `Set ${optionName('to')}, or use one of the extensions ${CONVERSION_FORMATS.join(', ')}.`,
  });
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
