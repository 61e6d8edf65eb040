import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** What a call of the program left. */
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
  /** Descriptor of a file for standard output, instead of {@link Finished.stdout}. */
  readonly stdout?: number;
}

/** The built program, running. */
export class Program {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #seen: { text: string; resolve: () => void }[] = [];

  constructor(args: readonly string[], { env = {}, cwd, stdin, stdout }: CallOptions = {}) {
    this.process = spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, NO_COLOR: '1', ...env },
      cwd,
      stdio: [stdin ? 'pipe' : 'ignore', stdout ?? 'pipe', 'pipe'],
    });
    const child = this.process;
    if (stdin && child.stdin) createReadStream(stdin).pipe(child.stdin);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#see({ stdout: text }));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#see({ stderr: text }));
    onTestFinished(() => void child.kill('SIGKILL'));
  }

  /** Waits until a text is on stdout or stderr. */
  async shows(text: string): Promise<void> {
    if (this.stdout.includes(text) || this.stderr.includes(text)) return;
    await new Promise<void>((resolve) => this.#seen.push({ text, resolve }));
  }

  async finished(): Promise<Finished> {
    if (this.process.exitCode === null) await once(this.process, 'close');
    return { exitCode: this.process.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  #see({ stdout = '', stderr = '' }): void {
    this.stdout += stdout;
    this.stderr += stderr;
    for (const { text, resolve } of this.#seen) {
      if (this.stdout.includes(text) || this.stderr.includes(text)) resolve();
    }
  }
}

/** Calls the built program and waits for its end. */
export async function cli(args: readonly string[], options?: CallOptions): Promise<Finished> {
  return new Program(args, options).finished();
}

/** The objects of JSON lines. */
export function jsonLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
