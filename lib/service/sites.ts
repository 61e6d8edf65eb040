import { hostname, networkInterfaces } from 'node:os';
import { isLoopback } from '../protocol/addresses.ts';

/** The addresses of a service. */
export interface Sites {
  /** Each value of `Host` that clients may use, in lower case, and the origin of the pages that come from there. */
  readonly origins: ReadonlyMap<string, string>;
  /** The origin of the pages that come through a reverse proxy, which may send another `Host`. */
  readonly publicOrigin: string | undefined;
}

/** Where a service can be reached. */
export interface ServiceAddress {
  /** The address that it listens on. */
  readonly host: string;
  readonly port: number;
  /** The address of a reverse proxy in front of it. */
  readonly publicUrl?: string | undefined;
}

/** The addresses of a service. A service on all addresses answers to each address of this machine. */
export function sitesOf({ host, port, publicUrl }: ServiceAddress): Sites {
  const all = ['0.0.0.0', '::'].includes(host)
    ? [hostname(), ...Object.values(networkInterfaces()).flatMap((own) => own?.map(({ address }) => address))]
    : [];
  const names = ['127.0.0.1', 'localhost', '::1', host, ...all].filter((name) => name !== undefined);
  const origins = new Map<string, string>();
  for (const name of names) addHost(origins, 'http:', urlHost(name).toLowerCase(), String(port));
  const proxy = publicUrl === undefined ? undefined : new URL(publicUrl);
  if (proxy) addHost(origins, proxy.protocol, proxy.hostname, proxy.port);
  return { origins, publicOrigin: proxy?.origin };
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** Adds an address. Browsers leave out the default port of a scheme; other clients and some proxies name it. */
function addHost(origins: Map<string, string>, protocol: string, name: string, port: string): void {
  const defaultPort = DEFAULT_PORTS[protocol];
  const isDefault = port === '' || port === defaultPort;
  const host = isDefault ? name : `${name}:${port}`;
  origins.set(host, `${protocol}//${host}`);
  if (isDefault) origins.set(`${name}:${defaultPort}`, `${protocol}//${host}`);
}

/** Whether other machines can reach a service that listens on an address. */
export function isOpenToNetwork(host: string): boolean {
  return !isLoopback(urlHost(host));
}

/** An address in the form for a URL: an IPv6 address in brackets. */
export function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
