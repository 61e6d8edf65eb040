import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';

/** Certificate of localhost with its key, for tests. */
export const CERTIFICATE = fileURLToPath(new URL('../../test/support/fun-asr.test.pem', import.meta.url));

const pem = readFileSync(CERTIFICATE);

/** Starts a TLS proxy to a plain port on this machine. */
export async function startTlsFront(port) {
  const sockets = new Set();
  const server = createServer({ cert: pem, key: pem }, (client) => {
    const service = connect(port, '127.0.0.1');
    for (const socket of [client, service]) {
      sockets.add(socket);
      // Closes both sides together.
      socket.on('error', () => {});
      socket.once('close', () => {
        client.destroy();
        service.destroy();
        sockets.delete(socket);
      });
    }
    service.pipe(client);
    // The service accepts its own host name only.
    client.once('data', (request) => {
      service.write(request.toString('latin1').replace(/^Host: .*$/m, `Host: 127.0.0.1:${port}`), 'latin1');
      client.pipe(service);
    });
  });
  server.on('tlsClientError', () => {});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
