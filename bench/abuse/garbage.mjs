// What a client may send that no client should, and how the service ends it: by the close codes of RFC 6455, or by an
// HTTP status where there is no WebSocket yet. Those without an end are hung up on by nobody but their time limits.
import { frame, upgrade } from './raw-websocket.mjs';

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const BAD_UTF8 = Buffer.from([0x48, 0xc3, 0x28]);
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
const closeFrame = (code) => frame({ opcode: CLOSE, payload: Buffer.from([code >> 8, code & 255]) });

export const GARBAGE = [
  // Frames
  { name: 'text that is no UTF-8', bytes: frame({ opcode: TEXT, payload: BAD_UTF8 }), code: 1007 },
  {
    name: 'text that is no UTF-8 in its second fragment',
    bytes: Buffer.concat([
      frame({ opcode: TEXT, payload: '{', fin: false }),
      frame({ opcode: 0, payload: BAD_UTF8 }),
    ]),
    code: 1007,
  },
  {
    name: 'a reason for closing that is no UTF-8',
    bytes: frame({ opcode: CLOSE, payload: Buffer.concat([Buffer.from([3, 232]), BAD_UTF8]) }),
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
  { name: 'a continuation of nothing', bytes: frame({ opcode: 0, payload: 'x' }), code: 1002 },
  {
    name: 'a message in the middle of another',
    bytes: Buffer.concat([
      frame({ opcode: TEXT, payload: '{', fin: false }),
      frame({ opcode: TEXT, payload: '}' }),
    ]),
    code: 1002,
  },
  { name: 'half a close code', bytes: frame({ opcode: CLOSE, payload: 'x' }), code: 1002 },
  ...[0, 999, 1004, 1005, 1006, 2999, 5000].map((code) => ({
    name: `the close code ${code}`,
    bytes: closeFrame(code),
    code: 1002,
  })),
  { name: 'the header of a frame of 90 MiB', bytes: frame({ length: 90 * MIB }), code: 1009 },
  { name: 'the header of a frame of 8 EiB', bytes: frame({ length: 2n ** 63n - 1n }), code: 1009 },
  {
    name: 'a message of 65 KiB in three pieces',
    bytes: Buffer.concat([
      frame({ payload: Buffer.alloc(32_000), fin: false }),
      frame({ opcode: 0, payload: Buffer.alloc(32_000), fin: false }),
      frame({ opcode: 0, payload: Buffer.alloc(2560) }),
    ]),
    code: 1009,
  },
  {
    name: 'a message in a thousand pieces',
    bytes: Buffer.concat([
      frame({ opcode: TEXT, fin: false }),
      ...Array.from({ length: 1000 }, () => frame({ opcode: 0, fin: false })),
    ]),
    code: 1008,
  },
  // Messages
  { name: 'text that is no JSON', bytes: frame({ opcode: TEXT, payload: '}{' }), code: 1000 },
  {
    name: 'JSON that is nested 8000 levels deep',
    bytes: frame({ opcode: TEXT, payload: nested }),
    code: 1000,
  },
  { name: 'text of 17 KiB', bytes: frame({ opcode: TEXT, payload: ' '.repeat(17 * 1024) }), code: 1000 },
  { name: 'audio without a task', bytes: frame({ payload: Buffer.alloc(3200) }), code: 1000 },
  // Requests
  { name: 'noise', opens: false, bytes: Buffer.from('\x00\xff\x13noise\r\n\r\n', 'latin1'), status: 400 },
  {
    name: 'the beginning of TLS',
    opens: false,
    bytes: Buffer.from('16030100f8010000f40303', 'hex'),
    status: 400,
  },
  { name: 'the preface of HTTP/2', opens: false, bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: 400 },
  {
    name: 'a header of 9 KB',
    opens: false,
    bytes: (port) => upgrade(port, `X: ${'x'.repeat(9000)}\r\n`),
    status: 431,
  },
  {
    name: 'another version of the protocol',
    opens: false,
    bytes: (port) => upgrade(port).replace('Version: 13', 'Version: 7'),
    status: 400,
  },
  {
    name: 'a key that is none',
    opens: false,
    bytes: (port) => upgrade(port).replace('dGhlIHNhbXBsZSBub25jZQ==', 'x'),
    status: 400,
  },
  {
    name: 'an upgrade to something else',
    opens: false,
    bytes: (port) => upgrade(port).replace('websocket', 'h2c'),
    status: 400,
  },
  // What has no end of its own
  { name: 'half a header', opens: false, bytes: (port) => upgrade(port).slice(0, 100), status: 408 },
  {
    name: 'six minutes of audio, and nobody reads the results',
    bytes: Buffer.concat([
      frame({ opcode: TEXT, payload: RUN_TASK }),
      ...Array(360).fill(frame({ payload: Buffer.alloc(32_000) })),
    ]),
    reads: false,
  },
  { name: 'half a frame', bytes: frame({ payload: Buffer.alloc(3200) }).subarray(0, 100) },
  { name: 'nothing', opens: false, bytes: '' },
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
