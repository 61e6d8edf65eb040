import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { SERVICE_CODES } from '../protocol/errors/service-codes.ts';
import type { Rejection } from './admission.ts';

const TOO_SLOW: Rejection = {
  status: 408,
  code: SERVICE_CODES.invalidParameter,
  message: 'The request did not arrive in time.',
};

/** Ends a request whose body has not arrived in time. */
export function limitRequest(request: IncomingMessage, response: ServerResponse, ms: number): void {
  const { socket } = request;
  const timer = setTimeout(() => {
    if (request.complete) return;
    if (response.headersSent) request.destroy();
    else refuse(socket, TOO_SLOW);
  }, ms);
  const end = (): void => {
    clearTimeout(timer);
    socket.off('close', end);
  };
  request.once('close', end);
  // A request that was answered before all of it arrived emits no such event.
  socket.once('close', end);
}

/** Answers a refused upgrade in the format of the cloud service, and closes the socket. */
export function refuse(socket: Duplex, { status, code, message, retryAfterSeconds }: Rejection): void {
  const body = JSON.stringify({ code, message, request_id: randomUUID() });
  answerAndClose(socket, status, body, [
    'Content-Type: application/json',
    ...(retryAfterSeconds === undefined ? [] : [`Retry-After: ${retryAfterSeconds}`]),
  ]);
}

/** Writes an answer to a socket that has no response, and closes it. */
export function answerAndClose(
  socket: Duplex,
  status: number,
  body: string,
  headers: readonly string[],
): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    ...headers,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  // A client that keeps its half of the connection open would otherwise keep the service from closing.
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
