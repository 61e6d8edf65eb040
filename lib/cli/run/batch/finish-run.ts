import type { RecordingResult, RunReport } from '../../../batch/report/results.ts';
import { asFunAsrError } from '../../../core/errors.ts';
import { exitCodeOf, exitCodeOfRun } from '../exit-code.ts';
import type { Interruption } from '../interruption.ts';
import type { RunProgress } from './run-progress.ts';

/**
 * Waits for a run, shows its summary or its error, and sets the exit code.
 * @param run Resolves with undefined when it has done both itself.
 */
export async function finishRun<Result extends RecordingResult, Report extends RunReport>(
  progress: RunProgress<Result, Report>,
  interruption: Interruption,
  run: () => Promise<Report | undefined>,
): Promise<void> {
  try {
    const report = await run();
    if (!report) return;
    process.exitCode = interruption.exitCode ?? exitCodeOfRun(report);
    progress.onReport(report, process.exitCode);
  } catch (error) {
    const failure = asFunAsrError(error);
    process.exitCode = interruption.exitCode ?? exitCodeOf(failure.code);
    progress.onFailure(failure, process.exitCode);
  } finally {
    interruption.close();
    progress.close();
  }
}
