/**
 * A time as subtitle files write it: `HH:MM:SS` and three decimals. Hours are never cut off, whether they pass
 * 24 or 99.
 * @param ms Integer milliseconds, not negative.
 * @param point The decimal mark: `,` in SRT, `.` in WebVTT.
 */
export function timestamp(ms: number, point: ',' | '.'): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return `${pad(hours, 2)}:${pad(minutes % 60, 2)}:${pad(seconds % 60, 2)}${point}${pad(ms % 1000, 3)}`;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
