import type { IncomingMessage } from 'node:http';
import type { Rejection } from '../admission.ts';
import type { Engine } from '../engine.ts';
import type { Link } from './link.ts';

/** What a session works with: the way to its client, and what recognises for it. */
export interface SessionParts {
  readonly link: Link;
  readonly engine: Engine;
}

/** Stands between the clients and their sessions, which do not know of it: to fail on purpose, or to keep a log. */
export interface Interceptor {
  /**
   * Decides on a request that the service would grant: a rejection is answered, `ignore` leaves the client without any
   * answer, undefined opens the WebSocket.
   */
  admit?(request: IncomingMessage): Rejection | 'ignore' | undefined;
  /** Gives what the session of a new client works with, made of what it would work with otherwise. */
  connect?(parts: SessionParts): SessionParts;
}
