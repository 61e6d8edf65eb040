// @ts-check
// Invalid input for the service, each with the expected end of the connection: a close code of RFC 6455, or an HTTP status
// before the WebSocket is open. The service keeps a connection without either open until its own time limits.
import { frame, upgrade } from './raw-websocket.mjs';

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const INVALID_UTF8 = Buffer.from([0x48, 0xc3, 0x28]);
const TASK = '2bf83b9abaeb4fda8d9ae9e8c3a3d8f1';
const RUN_TASK = JSON.stringify({
  header: { action: 'run-task', task_id: TASK, streaming: 'duplex' },
  payload: {
    task_group: 'audio',
    task: 'asr',
    function: 'recognition',
    model: 'fun-asr-realtime',
    parameters: { format: 'pcm', sample_rate: 16_000 },
    input: {},
  },
});
const MIB = 1024 * 1024;

const nested = '['.repeat(8000) + ']'.repeat(8000);
/** @param {number} code */
const closeFrame = (code) => frame({ opcode: CLOSE, payload: Buffer.from([code >> 8, code & 255]) });

/**
 * @typedef {object} AbuseCase
 * @property {string} name
 * @property {boolean} [opens] Whether the bytes follow an upgrade to a WebSocket. Default: true.
 * @property {boolean} [reads] Whether the client reads the answers. Default: true.
 * @property {string | Buffer | ((port: number) => string)} bytes
 * @property {number} [code] The expected close code.
 * @property {number} [status] The expected HTTP status.
 */

/** @type {readonly AbuseCase[]} */
export const ABUSE_CASES = [
  // Frames
  { name: 'text that is not UTF-8', bytes: frame({ opcode: TEXT, payload: INVALID_UTF8 }), code: 1007 },
  {
    name: 'text with invalid UTF-8 in its second fragment',
    bytes: Buffer.concat([
      frame({ opcode: TEXT, payload: '{', fin: false }),
      frame({ opcode: 0, payload: INVALID_UTF8 }),
    ]),
    code: 1007,
  },
  {
    name: 'a close reason that is not UTF-8',
    bytes: frame({ opcode: CLOSE, payload: Buffer.concat([Buffer.from([3, 232]), INVALID_UTF8]) }),
    code: 1007,
  },
  ...[1, 2, 4].map((rsv) => ({
    name: `a reserved bit (${rsv})`,
    bytes: frame({ opcode: BINARY, payload: 'x', rsv }),
    code: 1002,
  })),
  ...[3, 7, 11, 15].map((opcode) => ({
    name: `the reserved opcode ${opcode}`,
    bytes: frame({ opcode, payload: 'x' }),
    code: 1002,
  })),
  { name: 'a frame without a mask', bytes: frame({ payload: 'x', isMasked: false }), code: 1002 },
  { name: 'a fragmented ping', bytes: frame({ opcode: PING, payload: 'x', fin: false }), code: 1002 },
  { name: 'a ping of 126 bytes', bytes: frame({ opcode: PING, payload: 'x'.repeat(126) }), code: 1002 },
  { name: 'a continuation frame without a message', bytes: frame({ opcode: 0, payload: 'x' }), code: 1002 },
  {
    name: 'a message within another message',
    bytes: Buffer.concat([
      frame({ opcode: TEXT, payload: '{', fin: false }),
      frame({ opcode: TEXT, payload: '}' }),
    ]),
    code: 1002,
  },
  { name: 'an incomplete close code', bytes: frame({ opcode: CLOSE, payload: 'x' }), code: 1002 },
  ...[0, 999, 1004, 1005, 1006, 2999, 5000].map((code) => ({
    name: `the close code ${code}`,
    bytes: closeFrame(code),
    code: 1002,
  })),
  { name: 'the header of a frame of 90 MiB', bytes: frame({ length: 90 * MIB }), code: 1009 },
  { name: 'the header of a frame of 8 EiB', bytes: frame({ length: 2n ** 63n - 1n }), code: 1009 },
  {
    name: 'a message of 65 KiB in three fragments',
    bytes: Buffer.concat([
      frame({ payload: Buffer.alloc(32_000), fin: false }),
      frame({ opcode: 0, payload: Buffer.alloc(32_000), fin: false }),
      frame({ opcode: 0, payload: Buffer.alloc(2560) }),
    ]),
    code: 1009,
  },
  {
    name: 'a message in a thousand fragments',
    bytes: Buffer.concat([
      frame({ opcode: TEXT, fin: false }),
      ...Array.from({ length: 1000 }, () => frame({ opcode: 0, fin: false })),
    ]),
    code: 1008,
  },
  // Messages
  { name: 'text that is not JSON', bytes: frame({ opcode: TEXT, payload: '}{' }), code: 1000 },
  {
    name: 'JSON with 8000 nested arrays',
    bytes: frame({ opcode: TEXT, payload: nested }),
    code: 1000,
  },
  { name: 'text of 17 KiB', bytes: frame({ opcode: TEXT, payload: ' '.repeat(17 * 1024) }), code: 1000 },
  { name: 'audio without a task', bytes: frame({ payload: Buffer.alloc(3200) }), code: 1000 },
  // Requests
  {
    name: 'random bytes',
    opens: false,
    bytes: Buffer.from('\x00\xff\x13noise\r\n\r\n', 'latin1'),
    status: 400,
  },
  {
    name: 'the start of a TLS handshake',
    opens: false,
    bytes: Buffer.from('16030100f8010000f40303', 'hex'),
    status: 400,
  },
  { name: 'the HTTP/2 preface', opens: false, bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: 400 },
  {
    name: 'a header of 9 KB',
    opens: false,
    bytes: (port) => upgrade(port, `X: ${'x'.repeat(9000)}\r\n`),
    status: 431,
  },
  {
    name: 'another WebSocket version',
    opens: false,
    bytes: (port) => upgrade(port).replace('Version: 13', 'Version: 7'),
    status: 400,
  },
  {
    name: 'an invalid WebSocket key',
    opens: false,
    bytes: (port) => upgrade(port).replace('dGhlIHNhbXBsZSBub25jZQ==', 'x'),
    status: 400,
  },
  {
    name: 'an upgrade to another protocol',
    opens: false,
    bytes: (port) => upgrade(port).replace('websocket', 'h2c'),
    status: 426,
  },
  // Input without an expected end
  { name: 'an incomplete header', opens: false, bytes: (port) => upgrade(port).slice(0, 100), status: 408 },
  {
    name: 'six minutes of audio without reading the results',
    bytes: Buffer.concat([
      frame({ opcode: TEXT, payload: RUN_TASK }),
      ...Array(360).fill(frame({ payload: Buffer.alloc(32_000) })),
    ]),
    reads: false,
  },
  { name: 'an incomplete frame', bytes: frame({ payload: Buffer.alloc(3200) }).subarray(0, 100) },
  { name: 'no data', opens: false, bytes: '' },
  {
    name: 'a flood of pings',
    bytes: Buffer.concat(Array(2000).fill(frame({ opcode: PING, payload: 'x'.repeat(125) }))),
  },
  {
    name: 'a flood of pongs',
    bytes: Buffer.concat(Array(2000).fill(frame({ opcode: 10, payload: 'x'.repeat(125) }))),
  },
  { name: 'a flood of empty frames', bytes: Buffer.concat(Array(5000).fill(frame({ opcode: PING }))) },
];
