/** The user id of `nobody`, which owns no files. */
const NOBODY = 65_534;

/** Runs a function as an unprivileged user, because file permissions do not apply to root. */
export async function withoutRoot<Result>(run: () => Promise<Result>): Promise<Result> {
  if (process.getuid?.() !== 0) return run();
  process.seteuid?.(NOBODY);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}
