import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, systemCode } from '../../../core/errors.ts';

/** Limit for a registry that accepts connections and sends nothing. The limit of npm itself is 15 minutes. */
const STALL_TIMEOUT_MS = 60_000;
/** How often the received bytes are counted. */
const POLL_INTERVAL_MS = 200;

/** Options of {@link npmPack}. */
export interface NpmPackOptions {
  /** An empty folder, for the tarball and for npm's cache of this call. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes received so far. The download fails with what it throws. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * Downloads the tarball of a package with the npm client of the user, which uses their `.npmrc`, mirror, proxy and
 * credentials. No code of the package is run.
 * @param spec Name and exact version.
 * @returns The path of the tarball.
 * @throws {Error} With the message of npm; what `onBytes` throws; the reason of `signal`.
 */
export async function npmPack(spec: string, options: NpmPackOptions): Promise<string> {
  // npm reports no progress. It writes what it receives into its cache, whose size is the progress.
  const cache = join(options.folder, 'npm-cache');
  const stalled = new AbortController();
  const signal = AbortSignal.any([stalled.signal, ...(options.signal ? [options.signal] : [])]);
  let receivedBytes = 0;
  let receivedAt = Date.now();
  const poll = async (): Promise<void> => {
    const bytes = await sizeOf(cache);
    if (bytes > receivedBytes) {
      receivedBytes = bytes;
      receivedAt = Date.now();
      options.onBytes?.(bytes);
    } else if (Date.now() - receivedAt > STALL_TIMEOUT_MS) {
      stalled.abort(downloadError(spec, `no data was received for ${STALL_TIMEOUT_MS / 1000} s`));
    }
  };
  const timer = setInterval(
    () => void poll().catch((error: unknown) => stalled.abort(error)),
    POLL_INTERVAL_MS,
  );
  try {
    const stdout = await run(
      ['pack', spec, '--json', '--pack-destination', options.folder, '--cache', cache, ...QUIET],
      signal,
    );
    return join(options.folder, fileNameIn(stdout));
  } catch (error) {
    // An abort is the cause of npm's error: report the abort.
    signal.throwIfAborted();
    throw downloadError(spec, messageOf(error), error);
  } finally {
    clearInterval(timer);
  }
}

/** Keeps the code of the system error that npm failed with. */
function downloadError(spec: string, reason: string, cause?: unknown): Error {
  const error = new Error(`npm could not download ${spec}: ${reason}`, { cause });
  return Object.assign(error, { code: systemCode(cause) });
}

// With npm's default delays, a machine without a network would wait for 30 s.
const QUIET = ['--loglevel=error', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];

function run(args: readonly string[], signal: AbortSignal): Promise<string> {
  const [command, ...first] = npmClient();
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], {
      env: withoutKey(),
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(stdout);
      else {
        const error = new Error(reasonIn(stderr) || `npm ended with code ${code}`);
        reject(Object.assign(error, { code: systemCodeIn(stderr) }));
      }
    });
  });
}

/** Finds the npm that was installed with this Node.js, else `npm` in the PATH. */
function npmClient(): [command: string, ...args: string[]] {
  const node = dirname(process.execPath);
  const beside = [join(node, 'node_modules'), join(node, '..', 'lib', 'node_modules')]
    .map((modules) => join(modules, 'npm', 'bin', 'npm-cli.js'))
    .find((path) => existsSync(path));
  return beside ? [process.execPath, beside] : ['npm'];
}

/** npm needs the environment of the user, such as proxies, but not the API key. */
function withoutKey(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DASHSCOPE_')));
}

function fileNameIn(stdout: string): string {
  const packed: unknown = JSON.parse(stdout);
  const first: unknown = Array.isArray(packed) ? packed[0] : undefined;
  if (
    typeof first === 'object' &&
    first !== null &&
    'filename' in first &&
    typeof first.filename === 'string'
  )
    return first.filename;
  throw new Error('npm did not report the name of the tarball');
}

/** Finds the message of npm in its output, without its codes and the path of its log. */
function reasonIn(stderr: string): string {
  const lines = stderr.split('\n').map((line) => /^npm (?:error|ERR!) (.*)/.exec(line)?.[1]?.trim() ?? '');
  return lines.find((line) => line !== '' && !/^(code|syscall|errno|A complete log)\b/.test(line)) ?? '';
}

/** Finds the code of the system error that npm failed with, such as `ENOSPC`. */
function systemCodeIn(stderr: string): string | undefined {
  return /^npm (?:error|ERR!) code (E[A-Z]+)$/m.exec(stderr)?.[1];
}

async function sizeOf(folder: string): Promise<number> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const sizes = entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size);
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  } catch {
    // npm removed a file in the meantime. The next poll counts again.
    return 0;
  }
}
