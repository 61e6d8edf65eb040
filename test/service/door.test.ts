import { once } from 'node:events';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Door, OpenDoor } from '../../lib/service/door.ts';
import { countingEngine } from '../support/counting-engine.ts';
import { running } from './client.ts';

/** A door that answers all requests below a path with its name. */
function named(name: string, more: Partial<Door> = {}): OpenDoor {
  return () => ({
    hasPath: (path) => path.startsWith('/door'),
    request: (_, response) => void response.end(name),
    close: async () => {},
    ...more,
  });
}

/** Sends a request whose body arrives a byte at a time. Returns the answer. */
async function sendSlowly(port: number, path: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  // The service may close the connection while a byte is sent.
  socket.on('error', () => {});
  const timer = setInterval(() => socket.write('.'), 50);
  socket.write(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-length: 10000\r\n\r\n`);
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  // Unlike `once`, it does not fail with an error of the connection.
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(timer);
  return answer;
}

describe('doors', () => {
  it('answer the requests for their paths, the first one for a path that several have', async () => {
    const service = await running({ doors: [named('first'), named('second')] });
    const origin = `http://127.0.0.1:${service.port}`;
    expect(await (await fetch(`${origin}/door/1`)).text()).toBe('first');
    expect((await fetch(`${origin}/other`)).status).toBe(426);
  });

  it('know the engine of their service, and the address that a request names', async () => {
    const engine = countingEngine();
    const origins: string[] = [];
    const engines: unknown[] = [];
    const door: OpenDoor = (service) =>
      named('door', {
        request: (request, response) => {
          origins.push(service.originOf(request));
          engines.push(service.engine);
          response.end();
        },
      })(service);
    const { port } = await running({ engine: async () => engine, doors: [door] });
    await fetch(`http://127.0.0.1:${port}/door`);
    await fetch(`http://localhost:${port}/door`);
    expect(origins).toEqual([`http://127.0.0.1:${port}`, `http://localhost:${port}`]);
    expect(engines).toEqual([engine, engine]);
  });

  it('refuse requests until the engine of their service is open', async () => {
    const refusals: unknown[] = [];
    const door: OpenDoor = (service) =>
      named('door', {
        request: (request, response, url) => {
          refusals.push(service.checkClient(request, url), service.checkPage(request));
          response.end();
        },
      })(service);
    const service = await running();
    const { port } = service;
    await service.close();
    const engine = async () => {
      await fetch(`http://127.0.0.1:${port}/door`);
      return countingEngine();
    };
    await running({ engine, port, doors: [door] });
    expect(refusals).toMatchObject([{ status: 503 }, { status: 503 }]);
    await fetch(`http://127.0.0.1:${port}/door`);
    expect(refusals.slice(2)).toEqual([undefined, undefined]);
  });

  it('are closed with their service', async () => {
    const closed: string[] = [];
    const service = await running({
      doors: [named('door', { close: async () => void closed.push('door') })],
    });
    await service.close();
    expect(closed).toEqual(['door']);
  });
});

describe('a request that offers another protocol than a WebSocket', () => {
  it('is answered as if it offered none, with its body', async () => {
    const reader = named('reader', {
      request: (request, response) => {
        void textOf(request).then((body) => response.end(`${request.method} with ${body.length} bytes`));
      },
    });
    const { port } = await running({ doors: [reader] });
    const body = 'b'.repeat(100_000);
    const request = (connection: string): string =>
      [
        'POST /door HTTP/1.1',
        `Host: 127.0.0.1:${port}`,
        `Connection: ${connection}`,
        'Upgrade: h2c',
        'HTTP2-Settings: AAMAAABkAAQAAP__',
        `Content-Length: ${body.length}`,
        '',
        body,
      ].join('\r\n');
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    let answers = '';
    socket.on('data', (text: string) => (answers += text));
    socket.write(request('Upgrade, HTTP2-Settings'));
    await expect.poll(() => answers).toMatch(/^HTTP\/1\.1 200 .*POST with 100000 bytes/s);
    answers = '';
    // The connection stays open for the next request.
    socket.write(request('Upgrade, HTTP2-Settings, close'));
    await once(socket, 'close');
    expect(answers).toMatch(/^HTTP\/1\.1 200 .*POST with 100000 bytes/s);
  });
});

describe('a request whose body arrives slowly', () => {
  it('is answered with 408 after the limit of the service', async () => {
    const service = await running({ timers: { requestMs: 100 } });
    const answer = await sendSlowly(service.port, '/api/v1/services/audio/asr/customization');
    expect(answer).toMatch(
      /^HTTP\/1\.1 408 Request Timeout\r\n.*"message":"The request did not arrive in time\."/s,
    );
  });

  it('is answered with 408 after the limit of its door', async () => {
    const silent = named('silent', { requestMs: 100, request: () => {} });
    const service = await running({ doors: [silent] });
    expect(await sendSlowly(service.port, '/door')).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('is ended after an answer that does not wait for it', async () => {
    const service = await running({ doors: [named('early', { requestMs: 100 })] });
    const answer = await sendSlowly(service.port, '/door');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*early$/s);
  });
});
