import type { MediaInfo } from '../../media/media-info.ts';
import { parseMediaInfo } from './describe-input.ts';

/** Room for the description of the input; what follows it there are counters and our own output. */
const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 8 * 1024;

/** A line of FFmpeg's log, run with `-loglevel level+…`: context, then severity, then the message. */
const LINE = /^(?:\[[^\]]* @ [^\]]*\] )?\[(panic|fatal|error|warning|info)\] ?(.*)$/;

/** The sum that FFmpeg ends with: how much it wrote, and up to which time of the recording. */
const SUM = /^\[info\] .*size=.* time=(\d+):(\d\d):(\d\d\.\d+) bitrate=/;

/**
 * What FFmpeg writes to stderr, of which only bounded parts are kept: the beginning, which describes the input,
 * and the last complaints. A damaged file can make it write without end.
 */
export class FfmpegLog {
  #head = '';
  #complaints = '';
  #rest = '';
  #outputMs = 0;

  feed(chunk: string): void {
    if (this.#head.length < HEAD_BYTES) this.#head += chunk.slice(0, HEAD_BYTES - this.#head.length);
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-TAIL_BYTES);
    for (const line of lines) this.#outputMs = millisecondsOf(SUM.exec(line)) ?? this.#outputMs;
    const complaints = lines.filter((line) => isComplaint(line));
    if (complaints.length > 0)
      this.#complaints = `${this.#complaints}${complaints.join('\n')}\n`.slice(-TAIL_BYTES);
  }

  /** What FFmpeg says about the input; undefined when it did not understand it. */
  get media(): MediaInfo | undefined {
    return parseMediaInfo(this.messages);
  }

  /** Length of what was written, in ms: known when FFmpeg has ended, 0 when it wrote nothing. */
  get outputMs(): number {
    return this.#outputMs;
  }

  /** The first 64 KB, line by line, without context and severity. */
  get messages(): readonly string[] {
    return this.#head.split('\n').map(messageOfLine);
  }

  /** Errors without their context, oldest first, at most 8 KB of them. */
  get complaints(): readonly string[] {
    const lines = this.#complaints.split('\n').filter((line) => line !== '');
    return (isComplaint(this.#rest) ? [...lines, this.#rest] : lines).map(messageOfLine);
  }
}

function isComplaint(line: string): boolean {
  const severity = LINE.exec(line)?.[1];
  return severity === 'error' || severity === 'fatal' || severity === 'panic';
}

function messageOfLine(line: string): string {
  return LINE.exec(line)?.[2] ?? '';
}

function millisecondsOf(sum: RegExpExecArray | null): number | undefined {
  return sum ? ((Number(sum[1]) * 60 + Number(sum[2])) * 60 + Number(sum[3])) * 1000 : undefined;
}
