import { FunAsrError, messageOf, systemCode } from '../../core/errors.ts';
import { isTrustError } from '../../protocol/errors/network-errors.ts';

/** The proxy that a connection goes through. */
export interface Proxy {
  /** May contain a user and a password: messages name its `host` only. */
  readonly url: URL;
  /** The environment variable that set it. */
  readonly variable: string;
}

/** The failure to open a connection to the proxy itself. */
export function proxyUnreachable({ url, variable }: Proxy, cause: unknown): FunAsrError {
  const message = `cannot connect to the proxy ${url.host}: ${messageOf(cause) || systemCode(cause)}`;
  return isTrustError(cause)
    ? new FunAsrError('E_PROXY', message, {
        cause,
        hint: 'Add the certificate of the proxy to NODE_EXTRA_CA_CERTS.',
      })
    : new FunAsrError('E_PROXY', message, {
        cause,
        retryable: true,
        hint: `Check ${variable}, or name the service in NO_PROXY.`,
      });
}

/**
 * The failure of a proxy that answered, but did not connect to the service.
 * @param reason The answer, for the message.
 */
export function proxyRefused(
  { url, variable }: Proxy,
  reason: string,
  { wantsPassword, retryable }: { readonly wantsPassword: boolean; readonly retryable: boolean },
): FunAsrError {
  if (wantsPassword) {
    const example = `${url.protocol}//user:password@host:port`;
    return new FunAsrError(
      'E_PROXY',
      `the proxy ${url.host} requires a valid user and password (${reason})`,
      {
        hint: `Put them into ${variable}: ${example}, special characters percent-encoded.`,
      },
    );
  }
  return new FunAsrError('E_PROXY', `the proxy ${url.host} did not connect to the service (${reason})`, {
    retryable,
    hint: `Check ${variable} and the rules of the proxy, or name the service in NO_PROXY.`,
  });
}
