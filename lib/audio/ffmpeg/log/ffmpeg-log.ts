import type { MediaInfo } from '../../../media/media-info.ts';
import { parseMediaInfo } from './parse-media-info.ts';

/** Enough for the description of the input, which counters and the description of the output follow. */
const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 8 * 1024;

/** A line of FFmpeg's log with `-loglevel level+…`: context, severity, message. */
const LINE = /^(?:\[[^\]]* @ [^\]]*\] )?\[(panic|fatal|error|warning|info)\] ?(.*)$/;

/** What follows the description of the input. */
const DESCRIBED = /^\[info\] (?:Stream mapping:|Output #0)/;

/** FFmpeg's last line: how much it wrote, and the time that it reached. */
const SUMMARY = /^\[info\] .*size=.* time=(\d+):(\d\d):(\d\d\.\d+) bitrate=/;

/**
 * Parses what FFmpeg writes to stderr. Keeps bounded parts of it, the beginning, which describes the input, and the
 * last errors, because a damaged file can make FFmpeg write without end.
 */
export class FfmpegLog {
  #head = '';
  #errors = '';
  #rest = '';
  #outputMs = 0;
  #isDescribed = (): void => {};
  readonly #described = new Promise<void>((resolve) => (this.#isDescribed = resolve));

  feed(chunk: string): void {
    if (this.#head.length < HEAD_BYTES) this.#head += chunk.slice(0, HEAD_BYTES - this.#head.length);
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-TAIL_BYTES);
    for (const line of lines) this.#outputMs = millisecondsOf(SUMMARY.exec(line)) ?? this.#outputMs;
    if (lines.some((line) => DESCRIBED.test(line))) this.#isDescribed();
    const errors = lines.filter((line) => isError(line));
    if (errors.length > 0) this.#errors = `${this.#errors}${errors.join('\n')}\n`.slice(-TAIL_BYTES);
  }

  /** Ends the log: FFmpeg has ended. */
  end(): void {
    this.#isDescribed();
  }

  /** FFmpeg's description of the input, as soon as it is complete. FFmpeg writes it before its first output. */
  get description(): Promise<MediaInfo | undefined> {
    return this.#described.then(() => this.media);
  }

  /** FFmpeg's description of the input; undefined when it could not read the header. */
  get media(): MediaInfo | undefined {
    return parseMediaInfo(this.messages);
  }

  /** Duration of the output in ms: known when FFmpeg has ended, 0 when it wrote nothing. */
  get outputMs(): number {
    return this.#outputMs;
  }

  /** The lines of the first 64 KB, without context and severity. */
  get messages(): readonly string[] {
    return this.#head.split('\n').map(messageOfLine);
  }

  /** Error messages without their context, oldest first: the last 8 KB. */
  get errors(): readonly string[] {
    const lines = this.#errors.split('\n').filter((line) => line !== '');
    return (isError(this.#rest) ? [...lines, this.#rest] : lines).map(messageOfLine);
  }
}

function isError(line: string): boolean {
  const severity = LINE.exec(line)?.[1];
  return severity === 'error' || severity === 'fatal' || severity === 'panic';
}

function messageOfLine(line: string): string {
  return LINE.exec(line)?.[2] ?? '';
}

function millisecondsOf(match: RegExpExecArray | null): number | undefined {
  return match ? ((Number(match[1]) * 60 + Number(match[2])) * 60 + Number(match[3])) * 1000 : undefined;
}
