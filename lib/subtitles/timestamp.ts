/** Formats a time for SRT: `HH:MM:SS,mmm`. @param ms Integer milliseconds, not negative. */
export function srtTimestamp(ms: number): string {
  return timestamp(ms, ',');
}

/** Formats a time for WebVTT: `HH:MM:SS.mmm`. @param ms Integer milliseconds, not negative. */
export function vttTimestamp(ms: number): string {
  return timestamp(ms, '.');
}

/**
 * Formats a time for ASS: `H:MM:SS.cc`. Hundredths are rounded down, starts and ends alike: what does not overlap in ms does
 * not overlap then. @param ms Integer milliseconds, not negative.
 */
export function assTimestamp(ms: number): string {
  return timestamp(ms, '.')
    .slice(0, -1)
    .replace(/^0(?=\d:)/, '');
}

/** Formats a time for LRC: `mm:ss.xx`. Minutes may be more than 59. @param ms Integer milliseconds, not negative. */
export function lrcTimestamp(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const hundredths = Math.floor((ms % 1000) / 10);
  return `${pad(Math.floor(seconds / 60), 2)}:${pad(seconds % 60, 2)}.${pad(hundredths, 2)}`;
}

/** @param decimalMark Separates seconds and milliseconds. Hours may be more than 24 or 99. */
function timestamp(ms: number, decimalMark: ',' | '.'): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return `${pad(hours, 2)}:${pad(minutes % 60, 2)}:${pad(seconds % 60, 2)}${decimalMark}${pad(ms % 1000, 3)}`;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
