import type { Reconnect } from '../../recognition/events/diagnostics.ts';
import { printable } from './printable.ts';

/** A line about a recognition that was cut off and goes on. */
export function reconnecting({ reason, attempt, delayMs, resentMs }: Reconnect): string {
  const again = resentMs > 0 ? `, ${(resentMs / 1000).toFixed(1)} s are sent again` : '';
  const when = delayMs < 1000 ? 'goes on' : `goes on in ${Math.round(delayMs / 1000)} s`;
  return `${printable(reason.message)}; ${when}${attempt > 1 ? ` (try ${attempt})` : ''}${again}`;
}
