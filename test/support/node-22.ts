import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Path of a Node.js that packages which need version 22 run with: the one of this process, or the one that the npm package
 * `node` contains.
 */
export async function node22(): Promise<string> {
  if (Number.parseInt(process.versions.node, 10) >= 22) return process.execPath;
  const args = ['exec', '--yes', '--package=node@22', '--', 'node', '-p', 'process.execPath'];
  const { stdout } = await promisify(execFile)('npm', args);
  return stdout.trim();
}
