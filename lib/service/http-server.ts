import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { FunAsrError, systemCode } from '../core/errors.ts';
import { optionName } from '../core/option-names.ts';

/** The sockets of a server. The server itself does not track those that were upgraded. */
export class OpenSockets {
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      // A request that offers HTTP/2 is read twice from the same socket.
      if (this.#open.has(socket)) return;
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
  }

  /** Destroys all sockets, and frees the port. */
  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/**
 * Opens the port of a server.
 * @returns The port; 0 chooses a free one.
 * @throws {FunAsrError} `E_PORT`, whose cause is the error of the system.
 */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const onError = (cause: Error): void => {
      const reason = systemCode(cause) ?? cause.message;
      const hint = `Choose another ${optionName('port')}; 0 chooses a free one.`;
      reject(
        new FunAsrError('E_PORT', `port ${port} on ${host} cannot be opened (${reason})`, { cause, hint }),
      );
    };
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}
