import { json } from '../subtitles/json.ts';
import { jsonl } from '../subtitles/jsonl.ts';
import { srt } from '../subtitles/srt.ts';
import { text } from '../subtitles/text.ts';
import { tsv } from '../subtitles/tsv.ts';
import { vtt } from '../subtitles/vtt.ts';
import type { SubtitleStream } from '../subtitles/writer.ts';

/** Format of an output file. */
export type Format = 'srt' | 'jsonl' | 'vtt' | 'txt' | 'json' | 'tsv';

/** The stage that writes each format. The names are the extensions of the files, too. */
export const FORMATS: Readonly<Record<Format, () => SubtitleStream>> = {
  srt: () => srt(),
  jsonl: () => jsonl(),
  vtt: () => vtt(),
  txt: () => text(),
  json: () => json(),
  tsv: () => tsv(),
};

/** Written when nothing else is asked for. */
export const DEFAULT_FORMATS: readonly Format[] = ['srt', 'jsonl'];
