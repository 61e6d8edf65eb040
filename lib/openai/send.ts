import type { IncomingMessage, ServerResponse } from 'node:http';
import { Deadline } from '../core/deadline.ts';
import { type Answer, JSON_TYPE } from './answer.ts';
import type { ApiError } from './api-error.ts';

/** Limits for reading the rest of a request after the answer: without data, and in all. */
const LINGER_IDLE_MS = 5000;
const LINGER_MS = 60_000;

/** Sends a body as a whole. */
export function sendAnswer(response: ServerResponse, { type, body, headers }: Answer): void {
  response
    .writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers })
    .end(body);
}

/** Sends a JSON body. */
export function sendJson(response: ServerResponse, body: object): void {
  sendAnswer(response, { type: JSON_TYPE, body: JSON.stringify(body), headers: {} });
}

/**
 * Answers with an error. When the request is not complete, the rest is read and discarded for a limited time: a connection that
 * is closed with unread data is reset, and clients that send the whole request first would not see the answer.
 */
export function sendError(error: ApiError, request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(error.body);
  response.writeHead(error.status, {
    'content-type': JSON_TYPE,
    'content-length': Buffer.byteLength(body),
    ...(!request.complete && { connection: 'close' }),
    ...error.headers,
  });
  response.write(body);
  if (request.complete) {
    response.end();
    return;
  }
  const idle = new Deadline(end);
  const total = new Deadline(end);
  const onData = (): void => idle.start(LINGER_IDLE_MS);
  function end(): void {
    request.off('data', onData);
    idle.clear();
    total.clear();
    response.end();
  }
  onData();
  total.start(LINGER_MS);
  request.on('data', onData).once('end', end).once('close', end).resume();
}
