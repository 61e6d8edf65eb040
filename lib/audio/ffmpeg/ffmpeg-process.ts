import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { FunAsrError, systemCode } from '../../core/errors.ts';
import { FfmpegLog } from './ffmpeg-log.ts';

/** How an FFmpeg ended: its exit code, or the signal that killed it. */
export interface FfmpegExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Waits for output that are no longer progress. They run only while somebody wants to read. */
export interface FfmpegLimits {
  readonly firstByteMs: number;
  readonly nextByteMs: number;
}

/** Options of {@link FfmpegProcess}. */
export interface FfmpegProcessOptions {
  /** Kills the process. */
  readonly signal?: AbortSignal | undefined;
  /** Writes the input to stdin and ends it. Without it FFmpeg has no stdin. */
  readonly feed?: ((stdin: Writable) => Promise<void>) | undefined;
  /** Whether FFmpeg is waiting for input that we do not have: then its silence is no fault. */
  readonly isStarving?: (() => boolean) | undefined;
  readonly limits?: FfmpegLimits | undefined;
  /** Names of further variables of our environment that it is to see. */
  readonly inherits?: readonly string[] | undefined;
  /** Puts it into a process group of its own, where a Ctrl-C of the terminal does not reach it. @default false */
  readonly detached?: boolean | undefined;
}

const LIMITS: FfmpegLimits = { firstByteMs: 15_000, nextByteMs: 30_000 };

/**
 * No key, no proxy, no FFREPORT; and messages in English.
 * @param inherits Names of variables that are passed on all the same.
 */
export function childEnvironment(inherits: readonly string[] = []): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(inherits.map((name) => [name, process.env[name]]));
  return { ...inherited, PATH: process.env['PATH'] ?? '', LANG: 'C', LC_ALL: 'C' };
}

/**
 * Owns one FFmpeg: drains its stderr, hands out its stdout when asked, never waits for ever, and leaves no
 * process behind. prism-media's FFmpeg stage is not used because it spawns by itself, with our whole environment
 * and an open stdin; here the child sees neither the API key nor the terminal.
 */
export class FfmpegProcess {
  readonly log: FfmpegLog = new FfmpegLog();
  /** Set when {@link read} has given undefined. */
  exit: FfmpegExit | undefined;
  /** Bytes read so far. */
  bytes = 0;

  readonly #path: string;
  readonly #child: ChildProcess;
  /** Undefined when the process could not even be given its pipes. */
  readonly #output: AsyncIterator<Buffer> | undefined;
  readonly #closed: Promise<FfmpegExit>;
  readonly #options: FfmpegProcessOptions;
  #failure: Error | undefined;

  constructor(path: string, args: readonly string[], options: FfmpegProcessOptions = {}) {
    this.#path = path;
    this.#options = options;
    const child = spawn(path, args, {
      env: childEnvironment(options.inherits),
      detached: options.detached ?? false,
      stdio: [options.feed ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      killSignal: 'SIGKILL',
      windowsHide: true,
      ...(options.signal && { signal: options.signal }),
    });
    this.#child = child;
    this.#output = child.stdout?.[Symbol.asyncIterator]() as AsyncIterator<Buffer> | undefined;
    this.#closed = new Promise((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal }));
      child.on('error', (error) => {
        // An abort, or a failure to start: both are followed by 'close' unless there are no pipes to close.
        this.#failure ??= error;
        if (!this.#output) resolve({ code: null, signal: null });
      });
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => this.log.feed(chunk));
    if (child.stdin && options.feed) this.#feed(child.stdin, options.feed);
  }

  /**
   * The next bytes of stdout; undefined when FFmpeg is gone and everything was read.
   * @throws {FunAsrError} `E_DECODE_TIMEOUT`, `E_FFMPEG_MISSING` when it cannot be started; an `AbortError`; or
   * whatever the input failed with.
   */
  async read(): Promise<Buffer | undefined> {
    const next = this.#output && (await this.#withinLimit(this.#output.next()));
    if (next && !next.done) {
      this.bytes += next.value.length;
      return next.value;
    }
    // 'close' comes after stderr is drained, so that the verdict has every complaint before it.
    this.exit = await this.#withinLimit(this.#closed);
    if (this.#failure) throw this.#asOurs(this.#failure);
    return undefined;
  }

  /** Kills the process. What it has written until then can still be read. */
  stop(): void {
    this.#child.kill('SIGKILL');
  }

  /** Kills the process, if it still runs, and waits until it is gone. */
  async kill(): Promise<void> {
    this.stop();
    this.#child.stdout?.destroy();
    await this.#closed;
  }

  #feed(stdin: Writable, feed: (stdin: Writable) => Promise<void>): void {
    // FFmpeg may stop reading whenever it has enough: what its output is worth is judged elsewhere.
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
        // After a blocked event loop output may be waiting that is older than the timer: it is read first.
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
      `FFmpeg gave ${this.bytes === 0 ? 'no' : 'no more'} audio for ${limitMs / 1000} s`,
      { hint: 'Check that the input can be read at all, then try again.', retryable: true },
    );
  }

  #asOurs(error: Error): Error {
    if (!('syscall' in error) || !String(error.syscall).startsWith('spawn')) return error;
    const code = systemCode(error);
    return new FunAsrError('E_FFMPEG_MISSING', `${this.#path} cannot be started: ${code ?? error.message}`, {
      // Anything else is a shortage of processes, memory or open files, which passes.
      retryable: code !== 'ENOENT' && code !== 'EACCES',
      cause: error,
    });
  }
}
