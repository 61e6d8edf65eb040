import type { OutputFormat } from '../../subtitles/formats.ts';

/** Name of an output of a finished recording. */
export function outputName(stem: string, format: OutputFormat): string {
  return `${stem}.${format}`;
}

/** Name of an output of a recording that is not finished. */
export function partialName(stem: string, format: OutputFormat): string {
  return `${stem}.partial.${format}`;
}

/** Whether a name is that of an output of a recording that was not completed. */
export function isPartialName(name: string): boolean {
  return /\.partial\.[a-z]+$/.test(name);
}
