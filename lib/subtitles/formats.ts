import { json } from './json.ts';
import { jsonl } from './jsonl.ts';
import { srt } from './srt.ts';
import { text } from './text.ts';
import { tsv } from './tsv.ts';
import { vtt } from './vtt.ts';
import type { SubtitleStream } from './writer.ts';

/** Format of an output file. The names are also the file extensions. */
export type OutputFormat = 'srt' | 'jsonl' | 'vtt' | 'txt' | 'json' | 'tsv';

/** The table of all text formats: creates the stage that writes each. */
export const OUTPUT_FORMATS: Readonly<Record<OutputFormat, () => SubtitleStream>> = {
  srt: () => srt(),
  jsonl: () => jsonl(),
  vtt: () => vtt(),
  txt: () => text(),
  json: () => json(),
  tsv: () => tsv(),
};

/** Formats that are written by default. */
export const DEFAULT_OUTPUT_FORMATS: readonly OutputFormat[] = ['srt', 'jsonl'];
