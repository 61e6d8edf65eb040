import { createWriteStream } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type Duplex, Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FunAsrError } from '../../core/errors.ts';
import { AtomicFile } from '../../core/system/atomic-file.ts';
import { withWriteErrors } from '../../core/system/write-error.ts';
import { makeFolder } from '../../core/system/make-folder.ts';
import type { FinalSentence } from '../../sentence.ts';
import { OUTPUT_FORMATS, type OutputFormat, type OutputOptions } from '../../subtitles/formats.ts';
import { contentHash } from '../state/content/content-hash.ts';
import type { WrittenOutput } from '../state/ledger/ledger-entry.ts';

/** One output of a transcript. */
export interface TranscriptOutput {
  readonly format: OutputFormat;
  readonly path: string;
  /** Identifies how it is laid out. @default as outputs are by default */
  readonly layout?: string | undefined;
}

/** Enters outputs into a ledger: before they get their names, so that they are known after a crash, and after. */
export type EnterOutputs = (outputs: readonly WrittenOutput[], isFinished: boolean) => Promise<void>;

/**
 * Writes the outputs of a transcript, all of them or none. They get their names when all of them are complete.
 * @param onWarning Is called with the warnings of the formats, such as that of cues that stay too fast.
 * @param enter @default the outputs are not entered
 * @throws {FunAsrError} `E_WRITE`, `E_DISK_FULL`; an `AbortError`.
 */
export async function writeOutputs(
  sentences: readonly FinalSentence[],
  outputs: readonly TranscriptOutput[],
  options: OutputOptions,
  onWarning: (warning: FunAsrError, output: string) => void,
  enter?: EnterOutputs,
): Promise<void> {
  const files: AtomicFile[] = [];
  const written: WrittenOutput[] = [];
  try {
    for (const { format, path, layout } of outputs) {
      await withWriteErrors(path, () => makeFolder(dirname(path)));
      const file = await AtomicFile.create(path);
      files.push(file);
      await writeOutput(sentences, format, createWriteStream(file.path), options, (warning) =>
        onWarning(warning, path),
      ).catch((error: unknown) => {
        if (options.signal?.aborted) throw error;
        return file.attempt(() => Promise.reject(error));
      });
      const state = await file.complete();
      const content = await contentHash(file.path);
      written.push({ name: basename(path), ...state, content, ...(layout !== undefined && { layout }) });
    }
    options.signal?.throwIfAborted();
    await enter?.(written, false);
    for (const file of files) await file.place();
    await enter?.(written, true);
  } finally {
    await Promise.all(files.map((file) => file.discard()));
  }
}

/** Writes one format of a transcript to a stream, and ends it. */
export async function writeOutput(
  sentences: readonly FinalSentence[],
  format: OutputFormat,
  output: Writable,
  options: OutputOptions,
  onWarning: (warning: FunAsrError) => void,
): Promise<void> {
  const writer: Duplex = OUTPUT_FORMATS[format](options);
  writer.on('warning', onWarning);
  await pipeline(Readable.from(sentences), writer, output);
}
