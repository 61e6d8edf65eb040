import { Interruption } from './interruption.ts';

/**
 * Does some work that has nothing to finish when it is interrupted: the first signal ends it.
 * @returns Whether it came to its own end.
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
