/** The subtitle formats that are checked. */
export type SubtitleFormat = 'srt' | 'vtt';

/** A cue as it stands in a file. */
export interface FileCue {
  /** Line of its times, from 1. */
  readonly line: number;
  /** In WebVTT the identifier, when there is one. The number of an SRT cue follows from its place. */
  readonly id?: string | undefined;
  readonly startMs: number;
  readonly endMs: number;
  /** What stands after the times, such as `line:0`. */
  readonly settings: string;
  /** The text with its tags. */
  readonly lines: readonly string[];
  /** Blocks between the cue before and this one, such as `NOTE`. They stay before this cue. */
  readonly blocks: readonly Block[];
}

/** The lines of a block that is not a cue. */
export type Block = readonly string[];

/** The content of a file. */
export interface SubtitleFile {
  readonly format: SubtitleFormat;
  readonly hasBom: boolean;
  readonly newline: '\n' | '\r\n';
  /** Lines before the first empty line of a WebVTT file. */
  readonly header: Block;
  /** Blocks before the first cue. `STYLE` and `REGION` are valid only there. */
  readonly preamble: readonly Block[];
  readonly cues: readonly FileCue[];
  /** Blocks after the last cue. */
  readonly trailer: readonly Block[];
}

/** Something that is not valid in the format or its encoding. */
export interface Problem {
  readonly rule: 'syntax' | 'encoding';
  /** From 1. */
  readonly line: number;
  readonly message: string;
  readonly value: number | string;
  /** What would be valid. */
  readonly limit: number | string;
  /** Whether the file loses something when it is written again without this part. */
  readonly isLoss: boolean;
}

/** A file, as far as it could be read. */
export interface Reading {
  readonly file: SubtitleFile;
  readonly problems: readonly Problem[];
}
