/**
 * Loads an optional dependency of this package, and returns what it exports. The name is a variable, so that a
 * bundler leaves the import as it is: these packages find files by their own path, and are not bundled. Node then
 * looks for them from the folder of the bundle, in ES modules and in CommonJS alike.
 * @throws whatever Node or the package throws: it is not installed, or not made for this platform.
 */
export async function importOptional(name: string): Promise<unknown> {
  return ((await importModule(name)) as { readonly default?: unknown }).default;
}

/** As {@link importOptional}, for a package that has no default export. */
export async function importModule(name: string): Promise<unknown> {
  return await import(/* webpackIgnore: true */ /* @vite-ignore */ name);
}
