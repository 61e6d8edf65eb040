import { boolean, checkOptions, oneOf } from '../core/options.ts';
import { createHash } from 'node:crypto';
import type { StageOptions } from '../core/stage.ts';
import { ass } from './ass.ts';
import { checkDurations, CUE_RULES, type CueOptions } from './cues/cue-options.ts';
import { json, JSON_SHAPES, type JsonShape } from './json.ts';
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

/** How outputs are laid out: the options of all formats that do not belong to a stream. */
export type OutputLayout = Omit<OutputOptions, 'signal' | 'live'>;

/**
 * Checks a layout.
 * @param owner For the message.
 * @throws {FunAsrError} `E_OPTION`
 */
export function checkLayout(owner: string, layout: OutputLayout): void {
  checkOptions<OutputLayout>(owner, layout, {
    ...CUE_RULES,
    paragraphs: boolean,
    jsonShape: oneOf(...JSON_SHAPES),
  });
  checkDurations(layout, (reason) => `${owner}: option minCueDurationMs ${reason}`);
}

/**
 * Identifies how an output is laid out, and of which text it is made: outputs differ when this does.
 * @param edited Content of the edited `.jsonl` that is the source of the text. @default the text is as it was recognised
 * @returns Undefined for the default.
 */
export function layoutId(format: OutputFormat, layout: OutputLayout, edited?: string): string | undefined {
  if (format === 'jsonl') return undefined;
  const names = LAYOUT_NAMES[format] ?? CUE_NAMES;
  const given = names.filter((name) => layout[name] !== undefined && layout[name] !== false);
  if (given.length === 0 && edited === undefined) return undefined;
  const values = JSON.stringify([given.toSorted().map((name) => [name, layout[name]]), edited]);
  return createHash('sha256').update(values).digest('hex').slice(0, 16);
}

/** Options that do not change an output. */
const STREAM_OPTIONS: readonly string[] = ['signal', 'live'];

const CUE_NAMES = Object.keys(CUE_RULES).filter(
  (name) => !STREAM_OPTIONS.includes(name),
) as (keyof OutputLayout)[];

/** The options of formats that have no cues. */
const LAYOUT_NAMES: Partial<Record<OutputFormat, readonly (keyof OutputLayout)[]>> = {
  txt: ['newline', 'bom', 'paragraphs'],
  tsv: [],
  json: ['jsonShape'],
};

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
