import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Reads the TypeScript snippets of a page in `docs/`. */
export async function snippetsOf(page: string): Promise<string[]> {
  const markdown = await readFile(join(ROOT, 'docs', page), 'utf8');
  return [...markdown.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code ?? '');
}

/**
 * Creates the folder of a project that has the package installed, and the recordings `talk.mp3` and `asr_example.wav`.
 * @param packages Other packages that are installed.
 */
export async function snippetFolder(packages: readonly string[] = []): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'node_modules'));
  for (const name of packages) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), link, 'junction');
  }
  await symlink(ROOT, join(folder, 'node_modules', 'fun-asr-streams'), 'junction');
  await cp(join(ROOT, 'fixtures', 'ill-disposed.mp3'), join(folder, 'talk.mp3'));
  await cp(join(ROOT, 'fixtures', 'leisure.wav'), join(folder, 'asr_example.wav'));
  return folder;
}

/**
 * Runs a snippet unchanged in a folder, and returns what it prints.
 * @param node Path of the Node.js that runs it. @default the one of this process
 */
export async function runSnippetIn(
  folder: string,
  snippet: string,
  env: Readonly<Record<string, string>> = {},
  node: string = process.execPath,
): Promise<string> {
  const child = spawn(node, ['--input-type=module', '--eval', snippet], {
    cwd: folder,
    env: { ...process.env, ...env },
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return output + errors;
}

/** Runs a snippet unchanged in a folder of its own, and returns what it prints. */
export async function runSnippet(snippet = '', env: Readonly<Record<string, string>> = {}): Promise<string> {
  return await runSnippetIn(await snippetFolder(), snippet, env);
}
