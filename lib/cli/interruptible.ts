import { Interruption } from './interruption.ts';

/** Does some work that has nothing to finish when it is interrupted: the first signal ends it. */
export async function interruptible(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interruption = new Interruption(() => {});
  try {
    await work(interruption.stop);
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
    process.exitCode = interruption.exitCode;
  } finally {
    interruption.close();
  }
}
