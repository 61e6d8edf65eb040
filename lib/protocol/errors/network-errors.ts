import { FunAsrError, messageOf, systemCode } from '../../core/errors.ts';
import { CLOSE_CODES } from './close-codes.ts';
import { CHECK_KEY_HINT } from './service-errors.ts';

/** Wait before a retry when the server closes with 1013 (try again later), in ms. */
const TRY_AGAIN_LATER_MS = 1000;

/** Close codes by which the other side reports that it could not read what was sent. Source: RFC 6455, section 7.4.1. */
const PROTOCOL_CLOSE_CODES: readonly number[] = [
  CLOSE_CODES.protocolError,
  CLOSE_CODES.unsupportedData,
  CLOSE_CODES.invalidData,
  CLOSE_CODES.messageTooBig,
];

/** Makes the error of a connection that could not be opened. */
export function networkError(cause: unknown, url: string, requestId?: string): FunAsrError {
  // Errors of a proxy are complete already.
  if (cause instanceof FunAsrError) return cause;
  // The bytes that Node could not parse as HTTP may repeat what was sent, and with it the key.
  if (cause instanceof Error && 'rawPacket' in cause) delete cause.rawPacket;
  const { hostname, host } = new URL(url);
  const system = systemCode(cause) ?? '';
  const details = { cause, requestId };
  if (system === 'ENOTFOUND' || system === 'EAI_AGAIN') {
    return new FunAsrError('E_DNS', `the name ${hostname} cannot be resolved (${system})`, {
      ...details,
      // Some systems report ENOTFOUND while they are offline.
      retryable: true,
      hint: 'Check the network and the base URL.',
    });
  }
  if (isTrustError(cause)) {
    return new FunAsrError('E_TLS', `no trusted connection to ${host}: ${messageOf(cause)}`, {
      ...details,
      hint: 'A proxy that inspects traffic needs its certificate in NODE_EXTRA_CA_CERTS.',
    });
  }
  if (system.startsWith('WS_ERR_')) {
    // A byte may have been changed on the way, so a retry may help.
    return new FunAsrError('E_PROTOCOL', `${host} violated the WebSocket protocol: ${messageOf(cause)}`, {
      ...details,
      retryable: true,
    });
  }
  return new FunAsrError('E_CONNECT', `${host} cannot be reached: ${messageOf(cause) || system}`, {
    ...details,
    retryable: true,
    hint: 'Check the network, a proxy or firewall on the way, and the base URL.',
  });
}

/** Whether a certificate or the encryption is at fault. A retry does not help then. */
export function isTrustError(cause: unknown): boolean {
  return /CERT|TLS|SSL|VERIFY|EPROTO/.test(systemCode(cause) ?? '');
}

/**
 * Makes the error of an open connection that failed. The server was trusted when the connection was opened, so an error
 * of the encryption means that bytes were changed on the way.
 */
export function brokenConnectionError(cause: unknown, url: string, requestId: string): FunAsrError {
  if (!isTrustError(cause)) return networkError(cause, url, requestId);
  const message = `the encrypted connection to ${new URL(url).host} broke: ${messageOf(cause)}`;
  return new FunAsrError('E_CONNECTION_LOST', message, {
    cause,
    requestId,
    retryable: true,
    hint: 'Bytes seem to be changed on the way: check a proxy.',
  });
}

/** Whether a close code reports that the other side could not read what was sent. */
export function isProtocolClose(closeCode: number): boolean {
  return PROTOCOL_CLOSE_CODES.includes(closeCode);
}

/** Makes the error of a connection that was closed during a task, with a close frame or without one (1006). */
export function closeError(closeCode: number, reason: string, requestId: string): FunAsrError {
  const message = `the connection was closed during a task (${closeCode}${reason && ` ${reason}`})`;
  if (isProtocolClose(closeCode)) {
    // A bit that was flipped on the way leads to such a close too, so a retry may help.
    return new FunAsrError('E_PROTOCOL', message, {
      requestId,
      retryable: true,
      hint: 'Please report it with the request id.',
    });
  }
  if (closeCode === CLOSE_CODES.policyViolation) {
    return new FunAsrError('E_FORBIDDEN', message, { requestId, hint: CHECK_KEY_HINT });
  }
  return new FunAsrError('E_CONNECTION_LOST', message, {
    requestId,
    retryable: true,
    retryAfterMs: closeCode === CLOSE_CODES.tryAgainLater ? TRY_AGAIN_LATER_MS : undefined,
    hint: 'Try again.',
  });
}
