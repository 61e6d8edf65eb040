import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Folder of the test recordings, with a slash at the end. */
export const FIXTURES: string = fileURLToPath(new URL('../../fixtures/', import.meta.url));

/** Exit code and output of a finished program. */
export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CallOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** File for standard input. */
  readonly stdin?: string;
  /** File descriptor for standard output. {@link Finished.stdout} is empty then. */
  readonly stdout?: number;
}

/** A running instance of the built program. It is killed at the end of the test. */
export class Program {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #waiting: { text: string; resolve: () => void }[] = [];

  constructor(args: readonly string[], { env = {}, cwd, stdin, stdout }: CallOptions = {}) {
    this.process = spawn(process.execPath, [MAIN, ...args], {
      // Commands in messages have the name that started the program, which is not the one that started the tests.
      env: { ...process.env, NO_COLOR: '1', npm_lifecycle_event: '', ...env },
      cwd,
      stdio: [stdin ? 'pipe' : 'ignore', stdout ?? 'pipe', 'pipe'],
    });
    const child = this.process;
    if (stdin && child.stdin) createReadStream(stdin).pipe(child.stdin);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#append({ stdout: text }));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#append({ stderr: text }));
    onTestFinished(() => void child.kill('SIGKILL'));
  }

  /** Resolves when stdout or stderr contains a text. */
  async shows(text: string): Promise<void> {
    if (this.stdout.includes(text) || this.stderr.includes(text)) return;
    await new Promise<void>((resolve) => this.#waiting.push({ text, resolve }));
  }

  async finished(): Promise<Finished> {
    if (this.process.exitCode === null) await once(this.process, 'close');
    return { exitCode: this.process.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  #append({ stdout = '', stderr = '' }): void {
    this.stdout += stdout;
    this.stderr += stderr;
    for (const { text, resolve } of this.#waiting) {
      if (this.stdout.includes(text) || this.stderr.includes(text)) resolve();
    }
  }
}

/** Runs the built program to its end. */
export async function cli(args: readonly string[], options?: CallOptions): Promise<Finished> {
  return new Program(args, options).finished();
}

/** Parses JSON Lines. */
export function jsonLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
