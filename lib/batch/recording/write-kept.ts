import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asFunAsrError, FunAsrError, messageOf } from '../../core/errors.ts';
import { reportError } from '../../core/reported-error.ts';
import type { FinalSentence } from '../../sentence.ts';
import { OUTPUT_FORMATS, type OutputFormat, type OutputLayout } from '../../subtitles/formats.ts';
import { readTranscript } from '../../subtitles/read/read-transcript.ts';
import type { KeptRecording, KnownRecording } from '../plan/check-finished.ts';
import { outputName } from '../plan/output-names.ts';
import type { FolderState } from '../state/output-folder.ts';
import type { TranscriptionResult } from '../report/results.ts';
import { failedStatus } from './error-rules.ts';
import { RecordingOutputs } from './recording-outputs.ts';

/** What became of a recording, and the warnings and the error that its result reports. */
export interface WrittenKept {
  readonly result: TranscriptionResult;
  readonly warnings: readonly FunAsrError[];
  readonly error?: FunAsrError;
}

/**
 * Writes the missing outputs of a finished recording from its kept text. Nothing is sent. A `.jsonl` that its owner has
 * edited is the source instead. Never throws: an error is in the result.
 */
export async function writeKept(recording: KeptRecording, layout?: OutputLayout): Promise<WrittenKept> {
  const { input, outputFolder, record, found } = recording;
  const { sentences, durationMs, engine, engines, model, isPartial } = record;
  const common = {
    type: 'result',
    input,
    durationMs,
    engine,
    ...(engines && { engines }),
    model,
    warnings: [],
  } as const;
  try {
    const missing = formatsOf(found.missing);
    const { key, stem } = recording;
    const edited = await outputFolder.ledger.editedContent(key, outputName(stem, 'jsonl'));
    const edits = edited === undefined ? undefined : await editedSentences(recording);
    const outputs = await RecordingOutputs.create(recording, missing, {
      sentences: edits,
      edited,
      layout,
    });
    const written = await outputs.finish({ ...record, sentences: outputs.sentences });
    const paths = [...found.outputs.map(({ name }) => join(outputFolder.path, name)), ...written];
    const inOrder = paths.toSorted((one, other) => orderOf(one) - orderOf(other));
    const { warnings } = outputs;
    const reported = warnings.map(reportError);
    const result = {
      ...common,
      warnings: reported,
      status: 'done',
      fromKept: true,
      outputs: inOrder,
    } as const;
    return { result: { ...result, sentences: outputs.sentences, partial: isPartial }, warnings };
  } catch (cause) {
    const error = asFunAsrError(cause, input);
    const result = { ...common, status: failedStatus(error), outputs: [], sentences, partial: false };
    return { result: { ...result, error: reportError(error) }, warnings: [], error };
  }
}

const FORMATS = Object.keys(OUTPUT_FORMATS) as OutputFormat[];

function formatsOf(names: readonly string[]): OutputFormat[] {
  return FORMATS.filter((format) => names.some((name) => name.endsWith(`.${format}`)));
}

function orderOf(path: string): number {
  return FORMATS.findIndex((format) => path.endsWith(`.${format}`));
}

/**
 * The sentences of a `.jsonl` that was edited; undefined when there is none.
 * @throws {FunAsrError} `E_BAD_TRANSCRIPT`
 */
export async function editedSentences({
  outputFolder,
  stem,
  key,
}: Pick<KnownRecording, 'stem' | 'key'> & { readonly outputFolder: FolderState }): Promise<
  FinalSentence[] | undefined
> {
  const name = outputName(stem, 'jsonl');
  const path = join(outputFolder.path, name);
  const isEdited = (await outputFolder.ledger.editedContent(key, name)) !== undefined;
  return isEdited ? await readOutput(path) : undefined;
}

/**
 * Reads a `.jsonl` of this program. Its owner may have edited it: the text of a line is right, its words may be old.
 * @throws {FunAsrError} `E_BAD_TRANSCRIPT`
 */
export async function readOutput(path: string): Promise<FinalSentence[]> {
  const text = await readFile(path, 'utf8');
  try {
    return readTranscript(text, path);
  } catch (cause) {
    throw new FunAsrError('E_BAD_TRANSCRIPT', messageOf(cause), {
      hint: 'Correct the line, or delete the file: it is then made again from what was recognised.',
      cause,
    });
  }
}
