import { readFileSync } from 'node:fs';
// Not by its name, which a bundle may declare itself.
import * as modules from 'node:module';
import { join } from 'node:path';
import { FunAsrError, messageOf } from '../errors.ts';

/** A package of another project that a part of this one works with. */
export interface NeededPackage {
  readonly name: string;
  /** The major version that fits. */
  readonly major: number;
  /** The part of this package that needs it, for messages. */
  readonly owner: string;
  /** What is installed with it. @default nothing else */
  readonly others?: readonly string[] | undefined;
}

/**
 * Refuses a version of a package that does not fit. A package that is not found is accepted: it may be a part of a bundle.
 * @throws {FunAsrError} `E_PACKAGE`
 */
export function checkInstalledVersion(needed: NeededPackage): void {
  const version = installedVersion(needed.name);
  if (version === undefined || Number.parseInt(version, 10) === needed.major) return;
  throw new FunAsrError(
    'E_PACKAGE',
    `${needed.owner} needs version ${needed.major} of ${needed.name}, and ${version} is installed`,
    { hint: installHint(needed) },
  );
}

/** Makes the error of a package that cannot be loaded. */
export function packageMissing(needed: NeededPackage, cause: unknown): FunAsrError {
  return new FunAsrError(
    'E_PACKAGE',
    `${needed.owner} needs ${needed.name}, which cannot be loaded: ${messageOf(cause)}`,
    { hint: installHint(needed), cause },
  );
}

function installHint({ name, major, others = [] }: NeededPackage): string {
  return `Install it beside this package: npm install ${[`${name}@${major}`, ...others].join(' ')}`;
}

/**
 * Finds the version of a package as Node would find the package. Its `package.json` is read from the folder, because many
 * packages do not export it.
 */
function installedVersion(name: string): string | undefined {
  // A module in a CommonJS bundle has no URL.
  const here: string | undefined = import.meta.url;
  const require = modules.createRequire(here ?? join(process.cwd(), 'package.json'));
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as {
        readonly version?: unknown;
      };
      if (typeof version === 'string') return version;
    } catch {
      // It is not in this folder.
    }
  }
  return undefined;
}
