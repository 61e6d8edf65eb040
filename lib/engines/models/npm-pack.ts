import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../../core/errors.ts';

/** A registry that accepts connections and then says nothing would hold us up for npm's own quarter of an hour. */
const STALL_MS = 60_000;
const LOOK_MS = 200;

/** What {@link npmPack} works with. */
export interface NpmPackOptions {
  /** Folder of our own: the tarball is put there, and npm's cache of this one call. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes that have arrived so far. What it throws ends the work. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * Fetches the tarball of one version of a package with the user's own npm client, so that `.npmrc`, mirrors,
 * proxies and credentials hold. Nothing of the package is run.
 * @param spec Name and exact version.
 * @returns The path of the tarball.
 * @throws {Error} With npm's own reason; what `onBytes` throws; the reason of `signal`.
 */
export async function npmPack(spec: string, options: NpmPackOptions): Promise<string> {
  // npm says nothing while it downloads; but the bytes go through its cache, where they can be seen to arrive.
  const cache = join(options.folder, 'npm-cache');
  const giveUp = new AbortController();
  const signal = AbortSignal.any([giveUp.signal, ...(options.signal ? [options.signal] : [])]);
  let seen = 0;
  let seenAt = Date.now();
  const look = async (): Promise<void> => {
    const bytes = await sizeOf(cache);
    if (bytes > seen) {
      seen = bytes;
      seenAt = Date.now();
      options.onBytes?.(bytes);
    } else if (Date.now() - seenAt > STALL_MS) {
      giveUp.abort(unfetched(spec, `nothing has arrived for ${STALL_MS / 1000} s`));
    }
  };
  const timer = setInterval(() => void look().catch((error: unknown) => giveUp.abort(error)), LOOK_MS);
  try {
    const stdout = await run(
      ['pack', spec, '--json', '--pack-destination', options.folder, '--cache', cache, ...QUIET],
      signal,
    );
    return join(options.folder, fileNameIn(stdout));
  } catch (error) {
    // The reason, not npm's end that came of it.
    signal.throwIfAborted();
    throw unfetched(spec, messageOf(error), error);
  } finally {
    clearInterval(timer);
  }
}

function unfetched(spec: string, reason: string, cause?: unknown): Error {
  return new Error(`npm could not fetch ${spec}: ${reason}`, cause === undefined ? undefined : { cause });
}

// A first retry after npm's usual ten seconds would leave somebody without a network waiting for half a minute.
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
      else reject(new Error(reasonIn(stderr) || `npm ended with code ${code}`));
    });
  });
}

/** The npm that belongs to this Node, without a shell; else whatever `npm` the PATH has. */
function npmClient(): [command: string, ...args: string[]] {
  const node = dirname(process.execPath);
  const beside = [join(node, 'node_modules'), join(node, '..', 'lib', 'node_modules')]
    .map((modules) => join(modules, 'npm', 'bin', 'npm-cli.js'))
    .find((path) => existsSync(path));
  return beside ? [process.execPath, beside] : ['npm'];
}

/** npm needs the user's environment, for proxies above all, but not the key of the speech service. */
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
  throw new Error('npm did not say which file it wrote');
}

/** npm's own words for what went wrong, without its codes and where its log went. */
function reasonIn(stderr: string): string {
  const lines = stderr.split('\n').map((line) => /^npm (?:error|ERR!) (.*)/.exec(line)?.[1]?.trim() ?? '');
  return lines.find((line) => line !== '' && !/^(code|syscall|errno|A complete log)\b/.test(line)) ?? '';
}

async function sizeOf(folder: string): Promise<number> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const sizes = entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size);
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  } catch {
    // Files come and go while npm is at work: the next look will see more.
    return 0;
  }
}
