import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';

/** Self-signed certificate of the hosts fun-asr.test and localhost, with its key. For `NODE_EXTRA_CA_CERTS`. */
export const CERTIFICATE: string = fileURLToPath(new URL('fun-asr.test.pem', import.meta.url));

export interface TlsFront extends AsyncDisposable {
  readonly port: number;
}

/** Starts a TLS proxy to a plain port on this machine, for the hosts fun-asr.test and localhost. */
export async function startTlsFront(port: number): Promise<TlsFront> {
  const pem = await readFile(CERTIFICATE);
  const open = new Set<TLSSocket>();
  const server = createServer({ cert: pem, key: pem }, (client) => {
    open.add(client);
    const service = connect(port, '127.0.0.1');
    service.pipe(client).pipe(service);
    service.on('error', () => client.destroy());
    client.on('error', () => service.destroy());
    client.once('close', () => {
      open.delete(client);
      service.destroy();
    });
  });
  // A client that does not trust the certificate closes the connection.
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const client of open) client.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
