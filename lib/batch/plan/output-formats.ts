import { json } from '../../subtitles/json.ts';
import { jsonl } from '../../subtitles/jsonl.ts';
import { srt } from '../../subtitles/srt.ts';
import { text } from '../../subtitles/text.ts';
import { tsv } from '../../subtitles/tsv.ts';
import { vtt } from '../../subtitles/vtt.ts';
import type { SubtitleStream } from '../../subtitles/writer.ts';

/** Format of an output file. */
export type OutputFormat = 'srt' | 'jsonl' | 'vtt' | 'txt' | 'json' | 'tsv';

/** Creates the stage that writes each format. The names are also the file extensions. */
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
