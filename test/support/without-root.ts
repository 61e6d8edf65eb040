/** An account that owns nothing, on every Unix. */
const NOBODY = 65_534;

/** Does some work as a user who is bound by permissions: the superuser may read everything. */
export async function withoutRoot<Result>(work: () => Promise<Result>): Promise<Result> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
