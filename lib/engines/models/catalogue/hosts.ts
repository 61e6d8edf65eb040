import { FunAsrError } from '../../../core/errors.ts';
import { optionName } from '../../../core/option-names.ts';
import { isLoopback } from '../../../protocol/addresses.ts';
import type { ModelHost, ModelRepository } from '../local-model.ts';

/** Hosts with the addresses of the Hugging Face Hub. The second one is a mirror that users in China reach. */
const HUBS = ['https://huggingface.co', 'https://hf-mirror.com'];

/**
 * Describes a repository of the Hugging Face Hub.
 * @param others Hosts with other addresses that have the same files, tried after the hub and its mirror.
 */
export function hubRepository(
  name: string,
  revision: string,
  others: readonly ModelHost[] = [],
): ModelRepository {
  return { name, revision, hosts: [...HUBS.map((hub) => hubHost(hub, { name, revision })), ...others] };
}

/** A host with the addresses of the Hugging Face Hub: `<address>/<repository>/resolve/<revision>/<file>`. */
export function hubHost(
  address: string,
  { name, revision }: Pick<ModelRepository, 'name' | 'revision'>,
): ModelHost {
  const base = address.replace(/\/+$/, '');
  return {
    host: new URL(base).host,
    url: (path) => `${base}/${name}/resolve/${revision}/${encodePath(path)}`,
  };
}

/**
 * A repository of ModelScope.
 * @param moved Files that lie elsewhere there: their paths by those of the hub.
 */
export function modelScope(
  name: string,
  revision = 'master',
  moved: Readonly<Record<string, string>> = {},
): ModelHost {
  return {
    host: 'modelscope.cn',
    url: (path) =>
      `https://modelscope.cn/models/${name}/resolve/${revision}/${encodePath(moved[path] ?? path)}`,
  };
}

/**
 * The hosts of a repository, in the order in which they are tried: that of the caller, that of the variable
 * `HF_ENDPOINT`, and those of the catalogue. Each is tried once.
 * @throws {FunAsrError} `E_OPTION` for an address that is not a URL with HTTPS, or with HTTP to this machine.
 */
export function hostsFor(repository: ModelRepository, modelHost: string | undefined): ModelHost[] {
  const given = [
    { source: optionName('modelHost'), address: modelHost },
    { source: 'HF_ENDPOINT', address: process.env['HF_ENDPOINT'] },
  ];
  const hosts = [
    ...given.flatMap(({ source, address }) =>
      address ? [hubHost(checkAddress(source, address), repository)] : [],
    ),
    ...repository.hosts,
  ];
  const first = new Map<string, ModelHost>();
  for (const host of hosts) if (!first.has(host.url(''))) first.set(host.url(''), host);
  return [...first.values()];
}

function checkAddress(source: string, address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && isAllowed(url)) return url.href.replace(/[?#].*$/, '');
  // The address may contain a password: the message contains its host only.
  throw new FunAsrError('E_OPTION', `${source} is not a usable address of a model host${named(url)}`, {
    hint: 'Use a URL with https://, such as https://hf-mirror.com. http:// is for this machine only.',
  });
}

/** Whether files may be downloaded from a URL: encrypted, or from this machine. */
export function isAllowed({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

function named(url: URL | undefined): string {
  return url ? `: ${url.protocol}//${url.host}` : '';
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
