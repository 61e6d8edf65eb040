import type { Fault } from './fault-kinds.ts';

/**
 * Makes a schedule that fails as small as it gets: faults are left out one by one, as long as it still fails.
 * @param fails Runs a schedule, and says whether it fails.
 * @returns A schedule that fails, and would not without any one of its faults; the same one when none can be spared.
 */
export async function shrink(
  faults: readonly Fault[],
  fails: (faults: readonly Fault[]) => Promise<boolean>,
): Promise<readonly Fault[]> {
  let smallest = faults;
  for (let index = 0; index < smallest.length; ) {
    const without = smallest.toSpliced(index, 1);
    if (await fails(without)) {
      smallest = without;
      // What could not be spared before may be now.
      index = 0;
    } else index += 1;
  }
  return smallest;
}
