import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { selectVariables } from '../../core/system/environment.ts';
import { FunAsrError, systemCode } from '../../core/errors.ts';
import { FfmpegLog } from './log/ffmpeg-log.ts';

/** How an FFmpeg ended: its exit code, or the signal that killed it. */
export interface FfmpegExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How long to wait for output. The limits apply only while a read is pending. */
export interface FfmpegLimits {
  readonly firstByteMs: number;
  readonly nextByteMs: number;
}

/** Options of {@link FfmpegProcess}. */
export interface FfmpegProcessOptions {
  /** Kills the process. */
  readonly signal?: AbortSignal | undefined;
  /** Writes the input to stdin and ends it. @default FFmpeg has no stdin */
  readonly feed?: ((stdin: Writable) => Promise<void>) | undefined;
  /** Whether FFmpeg waits for input that has not arrived: then missing output is not a failure. */
  readonly isStarving?: (() => boolean) | undefined;
  readonly limits?: FfmpegLimits | undefined;
  /** Names of further environment variables to pass on. */
  readonly inherits?: readonly string[] | undefined;
  /** Starts it in a process group of its own, which Ctrl-C in the terminal does not reach. @default false */
  readonly detached?: boolean | undefined;
}

const LIMITS: FfmpegLimits = { firstByteMs: 15_000, nextByteMs: 30_000 };

/**
 * The environment of FFmpeg: no key, no proxy, no FFREPORT, and messages in English.
 * @param inherits Names of further variables to pass on.
 */
export function ffmpegEnvironment(inherits: readonly string[] = []): NodeJS.ProcessEnv {
  return { ...selectVariables(inherits), PATH: process.env['PATH'] ?? '', LANG: 'C', LC_ALL: 'C' };
}

/**
 * One FFmpeg process: reads its stderr, gives its stdout on demand, limits every wait, and leaves no process
 * running. prism-media's FFmpeg stage is not used: it passes the whole environment and an open stdin to the child.
 * Here the child sees neither the API key nor the terminal.
 */
export class FfmpegProcess {
  readonly log: FfmpegLog = new FfmpegLog();
  /** Set when {@link read} has returned undefined. */
  exit: FfmpegExit | undefined;
  /** Bytes read so far. */
  bytes = 0;

  readonly #path: string;
  readonly #child: ChildProcess;
  /** Undefined when no pipes could be created for the process. */
  readonly #output: AsyncIterator<Buffer> | undefined;
  readonly #closed: Promise<FfmpegExit>;
  readonly #options: FfmpegProcessOptions;
  #failure: Error | undefined;

  constructor(path: string, args: readonly string[], options: FfmpegProcessOptions = {}) {
    this.#path = path;
    this.#options = options;
    const child = spawn(path, args, {
      env: ffmpegEnvironment(options.inherits),
      detached: options.detached ?? false,
      stdio: [options.feed ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      killSignal: 'SIGKILL',
      windowsHide: true,
      ...(options.signal && { signal: options.signal }),
    });
    this.#child = child;
    this.#output = child.stdout?.[Symbol.asyncIterator]() as AsyncIterator<Buffer> | undefined;
    this.#closed = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        this.log.end();
        resolve({ code, signal });
      });
      child.on('error', (error) => {
        // An abort, or a failure to start. 'close' follows, unless there are no pipes to close.
        this.#failure ??= error;
        if (!this.#output) resolve({ code: null, signal: null });
      });
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => this.log.feed(chunk));
    if (child.stdin && options.feed) this.#feed(child.stdin, options.feed);
  }

  /**
   * The next bytes of stdout; undefined when FFmpeg has exited and all output was read.
   * @throws {FunAsrError} `E_DECODE_TIMEOUT`, `E_FFMPEG_MISSING` when it cannot be started; an `AbortError`.
   */
  async read(): Promise<Buffer | undefined> {
    const next = this.#output && (await this.#withinLimit(this.#output.next()));
    if (next && !next.done) {
      this.bytes += next.value.length;
      return next.value;
    }
    // 'close' follows the end of stderr, so that the log is complete.
    this.exit = await this.#withinLimit(this.#closed);
    if (this.#failure) throw this.#asFunAsrError(this.#failure);
    return undefined;
  }

  /** Kills the process. What it wrote before can still be read. */
  stop(): void {
    this.#child.kill('SIGKILL');
  }

  /** Kills the process, if it still runs, and waits until it has exited. */
  async kill(): Promise<void> {
    this.stop();
    this.#child.stdout?.destroy();
    await this.#closed;
  }

  #feed(stdin: Writable, feed: (stdin: Writable) => Promise<void>): void {
    // FFmpeg may stop reading before the end of the input: its exit and its output show whether that is a failure.
    stdin.on('error', () => {});
    feed(stdin).catch(() => {});
  }

  async #withinLimit<T>(progress: Promise<T>): Promise<T> {
    const { firstByteMs, nextByteMs } = this.#options.limits ?? LIMITS;
    const limitMs = this.bytes === 0 ? firstByteMs : nextByteMs;
    let timer: NodeJS.Timeout | undefined;
    const stall = new Promise<never>((_, reject) => {
      const giveUp = (): void => reject(this.#stalled(limitMs));
      const check = (): void => {
        if (this.#options.isStarving?.()) timer = setTimeout(check, limitMs);
        // After the event loop was blocked, output may have arrived before the timer fired: it is read first.
        else setImmediate(giveUp);
      };
      timer = setTimeout(check, limitMs);
    });
    try {
      return await Promise.race([progress, stall]);
    } finally {
      clearTimeout(timer);
    }
  }

  #stalled(limitMs: number): FunAsrError {
    return new FunAsrError(
      'E_DECODE_TIMEOUT',
      `FFmpeg produced no ${this.bytes === 0 ? '' : 'more '}audio for ${limitMs / 1000} s`,
      { hint: 'Check that the input can be read, then try again.', retryable: true },
    );
  }

  #asFunAsrError(error: Error): Error {
    if (!('syscall' in error) || !String(error.syscall).startsWith('spawn')) return error;
    const code = systemCode(error);
    return new FunAsrError('E_FFMPEG_MISSING', `${this.#path} cannot be started: ${code ?? error.message}`, {
      // Any other code is a temporary shortage of processes, memory or open files.
      retryable: code !== 'ENOENT' && code !== 'EACCES',
      cause: error,
    });
  }
}
