import { expect, it } from 'vitest';
import { reconnectLine } from '../../../lib/cli/terminal/reconnect-line.ts';
import { FunAsrError } from '../../../lib/core/errors.ts';

const reason = new FunAsrError('E_CONNECTION_LOST', 'the connection was lost');

it('shows the reason of a reconnection', () => {
  expect(reconnectLine({ reason, attempt: 1, delayMs: 200, resentMs: 0 })).toBe(
    'the connection was lost; reconnecting',
  );
});

it('does not speak of a connection that may never have existed', () => {
  const refused = new FunAsrError('E_PROXY', 'the proxy refuses the connection');
  expect(reconnectLine({ reason: refused, attempt: 2, delayMs: 3000, resentMs: 0 })).toBe(
    'the proxy refuses the connection; trying again in 3 s (attempt 2)',
  );
});

it('shows the wait, the attempt and the audio that is sent again', () => {
  expect(reconnectLine({ reason, attempt: 3, delayMs: 4400, resentMs: 2140 })).toBe(
    'the connection was lost; reconnecting in 4 s (attempt 3), sending 2.1 s again',
  );
});
