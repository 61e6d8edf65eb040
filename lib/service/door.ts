import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Rejection } from './admission.ts';
import type { Engine } from './engine.ts';

/** Another protocol on the port of a service: an HTTP API, or a web page with its own WebSocket. */
export interface Door {
  /** Limit for a whole request with its body, in ms. The answer to a slower client is 408. @default that of the service */
  readonly requestMs?: number;
  /** Whether it answers requests for a path. The first door that does is the only one that is asked. */
  hasPath(path: string): boolean;
  /** Answers a request. It checks host name, origin and key itself, because its errors have a format of their own. */
  request(request: IncomingMessage, response: ServerResponse, url: URL): void;
  /** Opens a WebSocket. @default refused with 404 */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends what it still does. The sockets are closed already. */
  close(): Promise<void>;
}

/** Makes a door for a service whose port is open. Its engine may not be open yet. */
export type OpenDoor = (service: DoorService) => Door;

/** What a door must know about its service. */
export interface DoorService {
  /**
   * The recogniser of the service. A door may use it too, and does not close it. It is open as soon as the checks below accept
   * a request.
   */
  readonly engine: Engine;
  /**
   * Checks a request of a program: its origin, host name and key, and whether the service is ready. Every origin is refused.
   * @returns Why the request is refused; undefined when it is accepted.
   */
  checkClient(request: IncomingMessage, url: URL): Rejection | undefined;
  /**
   * Checks a request of a browser: its origin and host name, and whether the service is ready. The origins of the service
   * itself are accepted.
   * @returns Why the request is refused; undefined when it is accepted.
   */
  checkPage(request: IncomingMessage): Rejection | undefined;
  /** The origin of the pages at the address that a request names: of the service, or of the proxy in front of it. */
  originOf(request: IncomingMessage): string;
  /** Whether a key is one that clients of the service may use. */
  acceptsKey(key: string): boolean;
}
