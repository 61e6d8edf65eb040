import { hostname, networkInterfaces } from 'node:os';
import { isLoopback } from '../protocol/addresses.ts';

/** Whether other machines can reach a service that listens on an address. */
export function isOpenToNetwork(host: string): boolean {
  return !isLoopback(urlHost(host));
}

/** Values of `Host` that clients may use. A service on all addresses answers to each address of this machine. */
export function hostNames(host: string, port: number): ReadonlySet<string> {
  const own = ['0.0.0.0', '::'].includes(host)
    ? [hostname(), ...Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address))]
    : [];
  const names = ['127.0.0.1', 'localhost', '::1', host, ...own].filter((name) => name !== undefined);
  return new Set(names.map((name) => `${urlHost(name).toLowerCase()}:${port}`));
}

/** An address in the form for a URL: an IPv6 address in brackets. */
export function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
