import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiError } from './api-error.ts';

/** Time in which the rest of a request is still read after the answer. */
const LINGER_MS = 5000;

/**
 * Answers with an error. When the request is not complete, the rest is read for a short time and discarded: a connection
 * that is closed with unread data is reset, and the client would not see the answer.
 */
export function sendError(error: ApiError, request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(error.body);
  response.writeHead(error.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...(!request.complete && { connection: 'close' }),
    ...error.headers,
  });
  response.write(body);
  if (request.complete) {
    response.end();
    return;
  }
  const timer = setTimeout(end, LINGER_MS);
  function end(): void {
    clearTimeout(timer);
    response.end();
  }
  request.once('end', end).once('close', end).resume();
}
