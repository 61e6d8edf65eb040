import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { FunAsrError, messageOf } from '../../core/errors.ts';
import { importOptional } from '../../core/system/optional-package.ts';
import { checkOptions, text } from '../../core/options.ts';
import { ffmpegEnvironment } from './ffmpeg-process.ts';
import { optionName } from '../../core/option-names.ts';

/** An FFmpeg that was started and printed its version. */
export interface Ffmpeg {
  /** Absolute path of the program. */
  readonly path: string;
  /** As it reports it, such as `5.1.9-0+deb12u1`. */
  readonly version: string;
  /** Where it was found. */
  readonly source:
    | 'option'
    | 'FFMPEG_PATH'
    | 'FFMPEG_BIN'
    | 'ffmpeg-static'
    | 'PATH'
    | '@ffmpeg-installer/ffmpeg';
}

/** Options of {@link findFfmpeg}. */
export interface FindFfmpegOptions {
  /** The only FFmpeg to use: a path, or a name that is looked up on `PATH`. */
  readonly ffmpegPath?: string | undefined;
}

interface Candidate {
  readonly source: Ffmpeg['source'];
  /** Undefined when there is none in this place. */
  readonly path: string | undefined;
  /** Whether the user chose it: then a failure is an error, and no other candidate is tried. */
  readonly isChosen: boolean;
}

const HINT =
  'Install FFmpeg (https://ffmpeg.org/download.html, or: npm install ffmpeg-static), or name one with FFMPEG_PATH.';

const run = promisify(execFile);
const versions = new Map<string, string>();

/**
 * Finds an FFmpeg: `ffmpegPath`, `FFMPEG_PATH`, `FFMPEG_BIN`, the package ffmpeg-static, `PATH`, and last the
 * old builds of the package @ffmpeg-installer/ffmpeg. Returns the first that runs; one that the user chose and that
 * does not run is an error. Each program is tested once in the life of the process.
 * @throws {FunAsrError} `E_FFMPEG_MISSING`, listing what was tried; `E_OPTION`.
 */
export async function findFfmpeg(options: FindFfmpegOptions = {}): Promise<Ffmpeg> {
  checkOptions('findFfmpeg', options, { ffmpegPath: text });
  const tried: string[] = [];
  for (const { source, path, isChosen } of await candidates(options.ffmpegPath)) {
    if (path === undefined) {
      tried.push(`${source}: none`);
      continue;
    }
    try {
      return { path, version: await versionOf(path), source };
    } catch (error) {
      const place = source === 'option' ? optionName('ffmpegPath') : source;
      const failure = `${place}: ${path} does not run: ${firstLine(messageOf(error))}`;
      if (isChosen) throw new FunAsrError('E_FFMPEG_MISSING', failure, { hint: HINT, cause: error });
      tried.push(failure);
    }
  }
  throw new FunAsrError('E_FFMPEG_MISSING', `No FFmpeg was found (${tried.join('; ')})`, { hint: HINT });
}

/** The warning for an old FFmpeg, to be shown once in a run; undefined for any other. */
export function ffmpegWarning(ffmpeg: Ffmpeg): FunAsrError | undefined {
  if (ffmpeg.source !== '@ffmpeg-installer/ffmpeg') return undefined;
  return new FunAsrError(
    'W_OLD_FFMPEG',
    `Decoding with the FFmpeg of the package @ffmpeg-installer/ffmpeg (${ffmpeg.version}): it is years old and not meant for untrusted media`,
    { hint: HINT },
  );
}

/** A choice of the user excludes all other places. */
async function candidates(ffmpegPath: string | undefined): Promise<Candidate[]> {
  const { FFMPEG_PATH, FFMPEG_BIN } = process.env;
  if (ffmpegPath !== undefined) return [await chosen('option', ffmpegPath)];
  if (FFMPEG_PATH) return [await chosen('FFMPEG_PATH', FFMPEG_PATH)];
  if (FFMPEG_BIN) return [await chosen('FFMPEG_BIN', FFMPEG_BIN)];
  return [
    { source: 'ffmpeg-static', path: await fileOf(await fromPackage('ffmpeg-static')), isChosen: false },
    { source: 'PATH', path: await onPath('ffmpeg'), isChosen: false },
    {
      source: '@ffmpeg-installer/ffmpeg',
      path: await fileOf(await fromPackage('@ffmpeg-installer/ffmpeg')),
      isChosen: false,
    },
  ];
}

async function chosen(source: Ffmpeg['source'], name: string): Promise<Candidate> {
  const isBare = !/[/\\]/.test(name);
  return { source, path: (isBare ? await onPath(name) : undefined) ?? resolve(name), isChosen: true };
}

/** The packages are optional, and throw while they load on platforms that they do not support. */
async function fromPackage(name: string): Promise<string | undefined> {
  try {
    const loaded = await importOptional(name);
    if (typeof loaded === 'string') return loaded;
    if (typeof loaded === 'object' && loaded !== null && 'path' in loaded && typeof loaded.path === 'string')
      return loaded.path;
  } catch {
    // Not installed here: the next place is tried.
  }
  return undefined;
}

/** With install scripts off, ffmpeg-static names a file that was never downloaded. */
async function fileOf(path: string | undefined): Promise<string | undefined> {
  try {
    if (path !== undefined) await access(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}

/** Skips relative entries of `PATH`: a folder of recordings must not provide the `ffmpeg` that runs. */
async function onPath(name: string): Promise<string | undefined> {
  const suffix = process.platform === 'win32' && !name.endsWith('.exe') ? '.exe' : '';
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute)) {
    const path = await fileOf(join(folder, name + suffix));
    if (path !== undefined) return path;
  }
  return undefined;
}

async function versionOf(path: string): Promise<string> {
  const known = versions.get(path);
  if (known !== undefined) return known;
  const { stdout } = await run(path, ['-version'], { env: ffmpegEnvironment(), timeout: 10_000 });
  const version = /^ffmpeg version (\S+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error('it does not print a version as FFmpeg does');
  versions.set(path, version);
  return version;
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}
