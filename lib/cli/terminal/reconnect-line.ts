import type { Reconnect } from '../../recognition/events/diagnostics.ts';
import { printable } from './printable.ts';

/** Formats a reconnection as one line: the reason, the wait, the attempt, and the audio that is sent again. */
export function reconnectLine({ reason, attempt, delayMs, resentMs }: Reconnect): string {
  const when = delayMs < 1000 ? 'reconnecting' : `reconnecting in ${Math.round(delayMs / 1000)} s`;
  const attempts = attempt > 1 ? ` (attempt ${attempt})` : '';
  const resent = resentMs > 0 ? `, sending ${(resentMs / 1000).toFixed(1)} s again` : '';
  return `${printable(reason.message)}; ${when}${attempts}${resent}`;
}
