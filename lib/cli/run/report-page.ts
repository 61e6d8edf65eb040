import { join } from 'node:path';
import type { ReportOptions } from '../../batch/report/html-report.ts';
import type { TranscribeFlags } from '../flags/transcribe-flags.ts';

const REPORT_NAME = 'fun-asr-report.html';

/** The page of a run, by its flags; undefined when none is wanted. */
export function reportOf({
  report,
  reportEmbed,
  outputDir = '.',
}: Pick<TranscribeFlags, 'report' | 'reportEmbed' | 'outputDir'>): ReportOptions | undefined {
  if (report === undefined && !reportEmbed) return undefined;
  return {
    path: typeof report === 'string' ? report : join(outputDir, REPORT_NAME),
    embedsAudio: reportEmbed,
  };
}
