import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Connection, type ConnectionEnd } from '../../../lib/recognition/connection/connection.ts';
import { resolveEndpoint } from '../../../lib/protocol/endpoint.ts';
import { startScriptedService } from '../../support/scripted-service.ts';

const PING_MS = 30;

/** A connection to a service of the test's own, and that side of it. */
async function connect(pingIntervalMs = PING_MS) {
  const service = await startScriptedService({});
  onTestFinished(() => service.close());
  const connection = await Connection.open({
    endpoint: resolveEndpoint({ baseUrl: service.url }, {}),
    connectTimeoutMs: 5000,
    pingIntervalMs,
    signal: new AbortController().signal,
  });
  onTestFinished(() => connection.terminate());
  const [client] = service.clients;
  if (!client) throw new Error('no client has connected');
  return { connection, client };
}

/** A user that records all messages. */
function userOf(connection: Connection) {
  const messages: string[] = [];
  const ended = new Promise<ConnectionEnd>((resolve) => {
    connection.use({ onMessage: (message) => void messages.push(message), onClose: resolve });
  });
  return { messages, ended };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('a connection in use', () => {
  it('delivers text messages to its user, also those that arrived before, and no binary ones', async () => {
    const { connection, client } = await connect();
    client.send('early');
    const { messages } = userOf(connection);
    client.socket.send(Buffer.from('binary'));
    client.send('late');
    await until(() => messages.length === 2);
    expect(messages).toEqual(['early', 'late']);
  });

  it('reports its end with code and reason, also one that came before the user', async () => {
    const { connection, client } = await connect();
    client.socket.close(1011, 'oops');
    const first = await userOf(connection).ended;
    const second = await userOf(connection).ended;
    expect(first).toEqual({ code: 1011, reason: 'oops', cause: undefined });
    expect(second).toEqual(first);
  });

  it('pings at once, and then at every interval', async () => {
    const { connection, client } = await connect();
    let pings = 0;
    client.socket.on('ping', () => (pings += 1));
    expect(connection.answersPings).toBe(false);
    userOf(connection);
    await until(() => pings > 3);
    expect([connection.answersPings, connection.isOpen]).toEqual([true, true]);
  });

  it('ends when a service that has answered pings answers none any more', async () => {
    const { connection, client } = await connect();
    const { ended } = userOf(connection);
    await until(() => connection.answersPings);
    client.socket.pause();
    expect((await ended).cause).toMatchObject({
      code: 'E_CONNECTION_LOST',
      retryable: true,
      message: expect.stringMatching(/has not answered for 0\.06 s$/) as string,
    });
  });

  it('stays open with a service that has never answered a ping', async () => {
    const { connection, client } = await connect();
    let pings = 0;
    client.ignorePings();
    client.socket.on('ping', () => (pings += 1));
    userOf(connection);
    await until(() => pings > 6);
    expect([connection.isOpen, connection.answersPings]).toEqual([true, false]);
  });

  it('does not end because its own user does not read', async () => {
    const { connection, client } = await connect();
    const { messages } = userOf(connection);
    await until(() => connection.answersPings);
    connection.pause();
    client.send('unread');
    await new Promise((resolve) => setTimeout(resolve, 6 * PING_MS));
    expect([connection.isOpen, messages]).toEqual([true, []]);
    connection.resume();
    await until(() => messages.length > 0);
    expect(messages).toEqual(['unread']);
  });
});

describe('sending', () => {
  it('does not wait while the socket buffers little, and waits for room when it buffers more', async () => {
    const { connection, client } = await connect(60_000);
    client.socket.pause();
    userOf(connection);
    let room: Promise<void> | undefined;
    let sent = 0;
    for (; !room; sent += 1) room = connection.send(Buffer.alloc(256 * 1024));
    expect(sent).toBeGreaterThan(1);
    client.socket.resume();
    await expect(room).resolves.toBeUndefined();
    await until(() => client.received.length === sent);
    expect(connection.send(Buffer.alloc(100))).toBeUndefined();
  });

  it('never rejects: the end of the connection is reported separately', async () => {
    const { connection, client } = await connect();
    const { ended } = userOf(connection);
    client.socket.terminate();
    await ended;
    expect(connection.send('too late')).toBeUndefined();
    expect(connection.isOpen).toBe(false);
  });
});

describe('a connection without a user', () => {
  it('serves the next user, which gets no message of the last one', async () => {
    const { connection, client } = await connect();
    const first = userOf(connection);
    client.send('one');
    await until(() => first.messages.length > 0);
    connection.leave();
    const second = userOf(connection);
    client.send('two');
    await until(() => second.messages.length > 0);
    expect([first.messages, second.messages]).toEqual([['one'], ['two']]);
  });

  it('sends no pings', async () => {
    const { connection, client } = await connect();
    let pings = 0;
    client.socket.on('ping', () => (pings += 1));
    userOf(connection);
    await until(() => pings > 1);
    connection.leave();
    await new Promise((resolve) => setTimeout(resolve, PING_MS));
    const before = pings;
    await new Promise((resolve) => setTimeout(resolve, 4 * PING_MS));
    expect(pings).toBe(before);
  });

  it('sends close code 1000 when it is closed, and nothing when it is terminated', async () => {
    const [first, second] = [await connect(), await connect()];
    const ends = [first, second].map(({ client }) => once(client.socket, 'close'));
    await Promise.all([first.connection.close(), second.connection.terminate()]);
    const codes = (await Promise.all(ends)).map(([code]) => code as unknown);
    expect(codes).toEqual([1000, 1006]);
  });
});
