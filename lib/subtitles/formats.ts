import type { StageOptions } from '../core/stage.ts';
import { ass } from './ass.ts';
import type { CueOptions } from './cues/cue-options.ts';
import { json, type JsonShape } from './json.ts';
import { jsonl } from './jsonl.ts';
import { lrc } from './lrc.ts';
import { srt } from './srt.ts';
import { text } from './text.ts';
import { tsv } from './tsv.ts';
import { vtt } from './vtt.ts';
import type { SubtitleStream } from './writer.ts';

/** Format of an output file. The names are also the file extensions. */
export type OutputFormat = 'srt' | 'vtt' | 'ass' | 'lrc' | 'txt' | 'tsv' | 'json' | 'jsonl';

/** Options of all formats. Each format uses those that concern it. */
export interface OutputOptions extends CueOptions {
  /** Whether plain text is written in paragraphs. @default false */
  readonly paragraphs?: boolean | undefined;
  /** Shape of the JSON document. @default 'native' */
  readonly jsonShape?: JsonShape | undefined;
}

/** The table of all text formats: creates the stage that writes each. Its order is that of `all`. */
export const OUTPUT_FORMATS: Readonly<Record<OutputFormat, (options: OutputOptions) => SubtitleStream>> = {
  srt: (options) => srt(cueOptions(options)),
  vtt: (options) => vtt(cueOptions(options)),
  ass: (options) => ass(cueOptions(options)),
  lrc: (options) => lrc(cueOptions(options)),
  txt: ({ signal, newline, bom, paragraphs }) => text({ signal, newline, bom, paragraphs }),
  tsv: (options) => tsv(stageOptions(options)),
  json: ({ signal, jsonShape }) => json({ signal, shape: jsonShape }),
  jsonl: (options) => jsonl(stageOptions(options)),
};

/** Options that are not those of cues. */
const OTHER_OPTIONS: ReadonlySet<string> = new Set<Exclude<keyof OutputOptions, keyof CueOptions>>([
  'paragraphs',
  'jsonShape',
]);

function cueOptions(options: OutputOptions): CueOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !OTHER_OPTIONS.has(name)));
}

function stageOptions({ signal }: OutputOptions): StageOptions {
  return { signal };
}

/** Formats that are written by default. */
export const DEFAULT_OUTPUT_FORMATS: readonly OutputFormat[] = ['srt', 'jsonl'];
