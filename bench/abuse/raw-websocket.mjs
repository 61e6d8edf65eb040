// A WebSocket client that is free to break every rule: it writes bytes, and reads how the service ends the connection.
import { connect } from 'node:net';

const MASK = Buffer.from([0x12, 0x34, 0x56, 0x78]);

/** One frame of RFC 6455, right by default: every part of it can be wrong. */
export function frame({ opcode = 2, payload = '', fin = true, rsv = 0, isMasked = true, length }) {
  const body = Buffer.from(payload);
  const told = BigInt(length ?? body.length);
  const head = Buffer.alloc(told < 126n ? 2 : told < 65_536n ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (isMasked ? 0x80 : 0) | (head.length === 2 ? Number(told) : head.length === 4 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(Number(told), 2);
  if (head.length === 10) head.writeBigUInt64BE(told, 2);
  return isMasked
    ? Buffer.concat([head, MASK, body.map((byte, at) => byte ^ MASK[at % 4])])
    : Buffer.concat([head, body]);
}

/** The request for a WebSocket. */
export function upgrade(port, headers = '') {
  return `GET /api-ws/v1/inference HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n`;
}

/**
 * Says something to the service, after the upgrade or instead of it; gives how the connection ended: the close code,
 * the HTTP status, or nothing where the service just hung up.
 * @param patienceMs When to hang up if the service does not. @default never
 */
export async function talk(port, { opens = true, reads = true, bytes }, patienceMs) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let received = Buffer.alloc(0);
  const said = (isEnough) =>
    new Promise((resolve) => {
      socket.on('data', () => isEnough(ending(received)) && resolve());
      socket.once('end', resolve);
      socket.once('close', resolve);
    });
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
  });
  const patience = patienceMs === undefined ? undefined : setTimeout(() => socket.destroy(), patienceMs);
  // Whoever gets a close frame should answer it. This one does not.
  const over = said(({ code }) => code !== undefined);
  if (opens) {
    socket.write(upgrade(port));
    await said(({ status }) => status !== undefined);
  }
  if (!reads) socket.pause();
  socket.write(typeof bytes === 'function' ? bytes(port) : bytes);
  await over;
  clearTimeout(patience);
  socket.destroy();
  return ending(received);
}

function ending(bytes) {
  const head = bytes.indexOf('\r\n\r\n') + 4;
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(bytes.toString('latin1', 0, 12))?.[1] ?? 0);
  if (status !== 101) return { status: status || undefined, code: undefined };
  for (let at = head; at + 2 <= bytes.length; ) {
    const short = bytes[at + 1];
    const start = at + (short === 127 ? 10 : short === 126 ? 4 : 2);
    if (start + 2 > bytes.length) break;
    const length =
      short === 127
        ? Number(bytes.readBigUInt64BE(at + 2))
        : short === 126
          ? bytes.readUInt16BE(at + 2)
          : short;
    if ((bytes[at] & 15) === 8) return { status, code: bytes.readUInt16BE(start) };
    at = start + length;
  }
  return { status, code: undefined };
}
