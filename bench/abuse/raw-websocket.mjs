// @ts-check
// A WebSocket client that can break every rule: it writes raw bytes and reports how the service ends the connection.
import { connect } from 'node:net';

const MASK = Buffer.from([0x12, 0x34, 0x56, 0x78]);

/**
 * Builds a frame of RFC 6455. It is valid by default; each part can be made invalid.
 * @param {object} options
 * @param {number} [options.opcode]
 * @param {string | Buffer} [options.payload]
 * @param {boolean} [options.fin]
 * @param {number} [options.rsv] The reserved bits.
 * @param {boolean} [options.isMasked]
 * @param {number | bigint} [options.length] The length in the header, if it differs from that of the payload.
 */
export function frame({ opcode = 2, payload = '', fin = true, rsv = 0, isMasked = true, length }) {
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const declared = BigInt(length ?? body.length);
  const head = Buffer.alloc(declared < 126n ? 2 : declared < 65_536n ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (isMasked ? 0x80 : 0) | (head.length === 2 ? Number(declared) : head.length === 4 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(Number(declared), 2);
  if (head.length === 10) head.writeBigUInt64BE(declared, 2);
  return isMasked
    ? Buffer.concat([head, MASK, body.map((byte, at) => byte ^ (MASK[at % 4] ?? 0))])
    : Buffer.concat([head, body]);
}

/**
 * Builds the request for a WebSocket.
 * @param {number} port
 */
export function upgrade(port, headers = '') {
  return `GET /api-ws/v1/inference HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n`;
}

/**
 * Runs one case. Resolves to the end of the connection: its HTTP status and close code, where the service has sent them.
 * @param {number} port
 * @param {Pick<import('./abuse-cases.mjs').AbuseCase, 'opens' | 'reads' | 'bytes'>} abuseCase
 * @param {number} [timeoutMs] Time after which the client closes the connection. Default: none.
 */
export async function runCase(port, { opens = true, reads = true, bytes }, timeoutMs) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  /** @type {Buffer} */
  let received = Buffer.alloc(0);
  /** @param {(end: ReturnType<typeof endOf>) => boolean} isReached */
  const until = (isReached) =>
    /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        socket.on('data', () => {
          if (isReached(endOf(received))) resolve();
        });
        socket.once('end', resolve);
        socket.once('close', () => resolve());
      })
    );
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
  });
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => socket.destroy(), timeoutMs);
  // This client does not answer the close frame, although it should.
  const ended = until(({ code }) => code !== undefined);
  if (opens) {
    socket.write(upgrade(port));
    await until(({ status }) => status !== undefined);
  }
  if (!reads) socket.pause();
  socket.write(typeof bytes === 'function' ? bytes(port) : bytes);
  await ended;
  clearTimeout(timer);
  socket.destroy();
  return endOf(received);
}

/**
 * Parses the HTTP status and the close code from what the service has sent.
 * @param {Buffer} bytes
 */
function endOf(bytes) {
  const head = bytes.indexOf('\r\n\r\n') + 4;
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(bytes.toString('latin1', 0, 12))?.[1] ?? 0);
  if (status !== 101) return { status: status || undefined, code: undefined };
  for (let at = head; at + 2 <= bytes.length; ) {
    const short = bytes.readUInt8(at + 1);
    const start = at + (short === 127 ? 10 : short === 126 ? 4 : 2);
    if (start + 2 > bytes.length) break;
    const length =
      short === 127
        ? Number(bytes.readBigUInt64BE(at + 2))
        : short === 126
          ? bytes.readUInt16BE(at + 2)
          : short;
    if ((bytes.readUInt8(at) & 15) === 8) return { status, code: bytes.readUInt16BE(start) };
    at = start + length;
  }
  return { status, code: undefined };
}
