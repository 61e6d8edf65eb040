import { FunAsrError } from '../core/errors.ts';
import { optionName } from '../core/option-names.ts';
import type { Rule } from '../core/options.ts';
import { isLoopback } from '../protocol/addresses.ts';
import { isOpenToNetwork, type ServiceAddress } from './sites.ts';

/** 128 bits in base64. */
const MIN_TOKEN_LENGTH = 22;

/**
 * The address of a reverse proxy in front of a service, such as `https://captions.example.com`: a scheme, one host name and
 * perhaps a port. Without encryption only on this machine, because the token would be sent as it is.
 */
export const publicAddress: Rule = (value) => {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.hostname.includes('*')) {
    return 'must be an address such as https://captions.example.com';
  }
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password';
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return 'must begin with https://, except for an address of this machine';
  }
  return url.href === `${url.origin}/`
    ? undefined
    : 'must end after the host name: pages below a path do not work';
};

/**
 * Refuses a service without a token that other machines can reach, directly or through a proxy.
 * @throws {FunAsrError} `E_OPTION`
 */
export function checkToken({ host, publicUrl }: Omit<ServiceAddress, 'port'>, token = ''): void {
  if (token.length >= MIN_TOKEN_LENGTH || (publicUrl === undefined && !isOpenToNetwork(host))) return;
  const reason =
    publicUrl === undefined
      ? `a service on ${host} is open to the network and needs a token`
      : `a service with ${optionName('publicUrl')} can be reached from other machines and needs a token`;
  const remedy = `Set ${optionName('token')} to a random value`;
  throw new FunAsrError(
    'E_OPTION',
    token === '' ? reason : `${reason} of at least ${MIN_TOKEN_LENGTH} characters`,
    { hint: publicUrl === undefined ? `${remedy}, or listen on 127.0.0.1.` : `${remedy}.` },
  );
}
