import { anyObject, callback, checkArgument, listOf } from '../../core/options.ts';
import type { Fault } from './fault-kinds.ts';

/**
 * Reduces a failing schedule: removes faults one by one, as long as it still fails.
 * @throws {FunAsrError} `E_OPTION`
 * @param fails Runs a schedule and returns whether it fails.
 * @returns A schedule that fails and would pass without any one of its faults; the given one if none can be removed.
 */
export async function shrink(
  faults: readonly Fault[],
  fails: (faults: readonly Fault[]) => Promise<boolean>,
): Promise<readonly Fault[]> {
  checkArgument('shrink', 'the faults', faults, listOf(anyObject));
  checkArgument('shrink', 'fails', fails, callback);
  let smallest = faults;
  for (let index = 0; index < smallest.length; ) {
    const without = smallest.toSpliced(index, 1);
    if (await fails(without)) {
      smallest = without;
      // A fault that was needed before may not be needed now: start again.
      index = 0;
    } else index += 1;
  }
  return smallest;
}
