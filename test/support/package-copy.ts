import { copyFile, cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Copies the built package to a folder of its own, with the installed packages except some. Node resolves imports from the
 * real path of a file, so that a link to the package would find all of them.
 * @param others Packages that are missing, or have no files and this version.
 * @returns The folder of the copy.
 */
export async function packageCopy(others: Readonly<Record<string, string | undefined>>): Promise<string> {
  const folder = await temporaryFolder();
  await cp(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  await copyFile(join(ROOT, 'package.json'), join(folder, 'package.json'));
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  for (const name of await installedNames()) {
    if (name in others) continue;
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  }
  for (const [name, version] of Object.entries(others)) {
    if (version === undefined) continue;
    await mkdir(join(modules, name), { recursive: true });
    await writeFile(join(modules, name, 'package.json'), JSON.stringify({ name, version }));
  }
  return folder;
}

async function installedNames(): Promise<string[]> {
  const entries = await readdir(join(ROOT, 'node_modules'));
  const names = entries.filter((name) => !name.startsWith('.'));
  const scoped = await Promise.all(
    names
      .filter((name) => name.startsWith('@'))
      .map(async (scope) =>
        (await readdir(join(ROOT, 'node_modules', scope))).map((name) => `${scope}/${name}`),
      ),
  );
  return [...names.filter((name) => !name.startsWith('@')), ...scoped.flat()];
}
