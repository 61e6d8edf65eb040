import { Interruption } from './interruption.ts';

/**
 * Runs work that the first Ctrl-C aborts, and sets the exit code of the interruption.
 * @returns Whether the work was completed.
 */
export async function interruptible(work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const interruption = new Interruption(() => {});
  try {
    await work(interruption.stop);
    return true;
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
    process.exitCode = interruption.exitCode;
    return false;
  } finally {
    interruption.close();
  }
}
