import { formatSeconds } from '../../core/seconds.ts';
import type { Reconnect } from '../../recognition/events/diagnostics.ts';
import { printable } from './printable.ts';

/** Formats a reconnection as one line: the reason, the wait, the attempt, and the audio that is sent again. */
export function reconnectLine({ reason, attempt, delayMs, resentMs }: Reconnect): string {
  // Other errors may come before there was any connection.
  const action = reason.code === 'E_CONNECTION_LOST' ? 'reconnecting' : 'trying again';
  const when = delayMs < 1000 ? action : `${action} in ${Math.round(delayMs / 1000)} s`;
  const attempts = attempt > 1 ? ` (attempt ${attempt})` : '';
  const resent = resentMs > 0 ? `, sending ${formatSeconds(resentMs)} again` : '';
  return `${printable(reason.message)}; ${when}${attempts}${resent}`;
}
