import { isIP } from 'node:net';
import { FunAsrError } from '../../core/errors.ts';
import { optionName } from '../../core/option-names.ts';

const EXAMPLE = 'ws://127.0.0.1:10095';

/** Private and link-local addresses, and those of the shared space of carriers. Source: RFC 1918, 3927, 4193, 6598. */
const PRIVATE_IPV4 =
  /^(?:127|10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;
const PRIVATE_IPV6 = /^(?:::1$|f[cd]|fe[89ab])/i;
/** Names that only a local network resolves: without a dot, or below a domain that is reserved for this. */
const PRIVATE_NAME = /^[^.]+$|\.(?:local|localhost|internal|lan|home\.arpa)$/i;

/**
 * Checks the address of a FunASR runtime server. It is sent no key, so `ws://` is allowed in a private network; the audio
 * would cross any other network unencrypted.
 * @throws {FunAsrError} `E_OPTION`
 */
export function checkRuntimeAddress(given: string | undefined): URL {
  if (given === undefined) {
    throw new FunAsrError('E_OPTION', 'the FunASR runtime server needs an address', {
      hint: `Set ${optionName('baseUrl', EXAMPLE)}, with the host and port of the server.`,
    });
  }
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url) {
    throw new FunAsrError('E_OPTION', 'the base URL of the FunASR runtime server is not a valid URL', {
      hint: `An example is ${EXAMPLE}.`,
    });
  }
  // User, password and query are left out: they may contain a secret.
  const shown = `${url.protocol}//${url.host}${url.pathname}`;
  const invalid = (reason: string, hint: string): FunAsrError =>
    new FunAsrError('E_OPTION', `the base URL ${shown} ${reason}`, { hint });
  if (url.protocol === 'https:' || url.protocol === 'http:') {
    throw invalid('is not a WebSocket URL', `Write ${shown.replace(/^http/, 'ws')}.`);
  }
  if (url.protocol !== 'wss:' && url.protocol !== 'ws:') {
    throw invalid('is not a WebSocket URL', `An example is ${EXAMPLE}.`);
  }
  if (url.username || url.password) {
    throw invalid('must not contain a user or a password', 'The FunASR runtime server has none.');
  }
  if (url.protocol === 'ws:' && !isPrivateHost(url.hostname)) {
    throw invalid(
      'would send the audio unencrypted through a public network',
      'Use wss://; ws:// is only for this machine and private networks.',
    );
  }
  return url;
}

/** Whether a host is this machine or in a private network, as far as its name or address shows. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const version = isIP(host);
  if (version === 4) return PRIVATE_IPV4.test(host);
  return version === 6 ? PRIVATE_IPV6.test(host) : PRIVATE_NAME.test(host);
}
