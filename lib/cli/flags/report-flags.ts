import { join } from 'node:path';
import type { Command } from 'commander';
import type { ReportOptions } from '../../batch/report/html-report.ts';

/** Values of the flags of the HTML report. */
export interface HtmlReportFlags {
  /** True for the default path. */
  readonly report?: string | true;
  readonly reportEmbed?: boolean;
}

const REPORT_NAME = 'fun-asr-report.html';

export function addHtmlReportFlags(command: Command): Command {
  return command
    .option('--report [file]', `write an HTML page with all transcripts (default: ${REPORT_NAME})`)
    .option('--report-embed', 'put the audio into the page');
}

/**
 * The page of a run; undefined when none is wanted.
 * @param outputDir Folder of the outputs. @default the current one
 */
export function reportOptions(
  { report, reportEmbed }: HtmlReportFlags,
  outputDir: string = '.',
): ReportOptions | undefined {
  if (report === undefined && !reportEmbed) return undefined;
  return {
    path: typeof report === 'string' ? report : join(outputDir, REPORT_NAME),
    embedsAudio: reportEmbed,
  };
}
