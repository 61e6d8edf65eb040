import { describe, expect, it } from 'vitest';
import { finishTask, runTask } from '../../../lib/protocol/messages/client-actions.ts';
import { heartbeat } from '../../../lib/protocol/messages/service-events.ts';
import type { ServiceOptions } from '../../../lib/service/service.ts';
import { countingEngine } from '../../support/counting-engine.ts';
import { Client, running } from '../client.ts';

const ID = '2bf83b9abaeb4fda8d9ae9e8c3a3d8f1';
const OTHER = ID.replace('2', '3');
const PCM = { format: 'pcm', sample_rate: 16000 };
const SECOND = Buffer.alloc(32_000);

const run = (id = ID, parameters: object = {}) => runTask(id, 'fun-asr-realtime', { ...PCM, ...parameters });
const continueTask = (id = ID) => finishTask(id).replace('finish-task', 'continue-task');

/** Sends messages without waiting for answers. Resolves when the service has closed the connection. */
async function sendAll(messages: readonly (string | Buffer)[], options: Partial<ServiceOptions> = {}) {
  const client = await Client.connect(await running(options));
  client.send(...messages);
  return { client, code: await client.closed, failure: client.received.at(-1)?.header };
}

/** Sends a whole task. Resolves when it has finished. */
async function finishedTask(messages: readonly (string | Buffer)[], options: Partial<ServiceOptions> = {}) {
  const client = await Client.connect(await running({ partials: false, ...options }));
  client.send(...messages);
  await Promise.race([client.until('task-finished'), client.closed]);
  return client;
}

describe('Session', () => {
  it('answers a task in order', async () => {
    const client = await finishedTask([run(), SECOND, Buffer.alloc(16_000), finishTask(ID)]);
    expect(client.events).toEqual(['task-started', 'result-generated', 'result-generated', 'task-finished']);
    expect(client.received.every(({ header }) => header.task_id === ID)).toBe(true);
  });

  it('runs tasks one after another on one connection, each with its own times', async () => {
    const messages = [run(), SECOND, finishTask(ID), run(OTHER), SECOND, finishTask(OTHER)];
    const client = await finishedTask(messages);
    await client.until('task-finished', 2);
    const results = client.received.filter(({ header }) => header.event === 'result-generated');
    expect(results.map(({ header, payload }) => [header.task_id, payload.output?.sentence])).toMatchObject([
      [ID, { sentence_id: 1, begin_time: 0 }],
      [OTHER, { sentence_id: 1, begin_time: 0 }],
    ]);
  });

  it('accepts task ids with dashes, and returns them unchanged', async () => {
    const dashed = '2bf83b9a-baeb-4fda-8d9a-e9e8c3a3d8f1';
    const client = await finishedTask([run(dashed), SECOND, finishTask(dashed)]);
    expect(client.received.at(-1)?.header).toMatchObject({ event: 'task-finished', task_id: dashed });
  });

  it('reads a client at the speed of the engine, without loss', async () => {
    const seconds = Array.from({ length: 40 }, () => SECOND);
    const engine = countingEngine({ msPerSecond: 20 });
    const client = await finishedTask([run(), ...seconds, finishTask(ID)], { engine });
    expect(client.sentences).toHaveLength(40);
  });
});

const MISSING = /^Missing required parameter 'payload\.task_group'! Please follow the protocol!$/;
const NO_TASK = /there is no such task/;
const RUNNING = /a task is already running on this connection/;
const INVALID = /^Invalid payload data$/;

const MESSAGES = {
  'run-task': run(OTHER),
  audio: SECOND,
  'finish-task': finishTask(ID),
  'continue-task': continueTask(),
  'finish-task of another': finishTask(OTHER),
  'continue-task of another': continueTask(OTHER),
  'bad JSON': '{',
} as const;

/** The state table of the protocol: whether a message in a state fails the task, and with which text. */
const TABLE: Readonly<Record<string, Readonly<Record<keyof typeof MESSAGES, RegExp | 'continues'>>>> = {
  idle: {
    'run-task': 'continues',
    audio: MISSING,
    'finish-task': NO_TASK,
    'continue-task': NO_TASK,
    'finish-task of another': NO_TASK,
    'continue-task of another': NO_TASK,
    'bad JSON': INVALID,
  },
  starting: {
    'run-task': RUNNING,
    audio: 'continues',
    'finish-task': 'continues',
    'continue-task': 'continues',
    'finish-task of another': NO_TASK,
    'continue-task of another': NO_TASK,
    'bad JSON': INVALID,
  },
  running: {
    'run-task': RUNNING,
    audio: 'continues',
    'finish-task': 'continues',
    'continue-task': 'continues',
    'finish-task of another': NO_TASK,
    'continue-task of another': NO_TASK,
    'bad JSON': INVALID,
  },
  finishing: {
    'run-task': 'continues',
    audio: MISSING,
    'finish-task': 'continues',
    'continue-task': 'continues',
    'finish-task of another': NO_TASK,
    'continue-task of another': NO_TASK,
    'bad JSON': INVALID,
  },
};

describe.each(Object.entries(TABLE))('a session that is %s', (state, row) => {
  /** A client whose session is in the state. `release` lets the engine finish. */
  async function inState(): Promise<{ client: Client; release: () => void }> {
    let release = () => {};
    const ended = new Promise<void>((resolve) => {
      release = resolve;
    });
    const engine = countingEngine({ ended });
    const client = await Client.connect(await running({ engine, partials: false }));
    if (state !== 'idle') client.send(run());
    if (state === 'running') await client.until('task-started');
    if (state !== 'idle') client.send(SECOND);
    if (state === 'finishing') client.send(finishTask(ID));
    return { client, release };
  }

  const rows = Object.entries(row) as [keyof typeof MESSAGES, RegExp | 'continues'][];

  it.each(rows.filter(([, outcome]) => outcome !== 'continues'))(
    'fails on %s and closes the connection',
    async (name, text) => {
      const { client, release } = await inState();
      client.send(MESSAGES[name]);
      expect(await client.closed).toBe(1000);
      release();
      const failure = client.received.at(-1)?.header;
      expect(failure).toMatchObject({ event: 'task-failed', error_code: 'InvalidParameter' });
      expect(failure?.error_message).toMatch(text);
      expect(failure?.task_id).toBe(state === 'idle' ? '' : ID);
      expect(client.events).not.toContain('task-finished');
    },
  );

  it.each(rows.filter(([, outcome]) => outcome === 'continues'))('continues after %s', async (name) => {
    const { client, release } = await inState();
    client.send(MESSAGES[name]);
    const isNew = name === 'run-task';
    if (isNew) client.send(SECOND, finishTask(OTHER));
    else if (state !== 'finishing' && name !== 'finish-task') client.send(finishTask(ID));
    release();
    const tasks = state === 'idle' ? [OTHER] : isNew ? [ID, OTHER] : [ID];
    await client.until('task-finished', tasks.length);
    const finished = client.received.filter(({ header }) => header.event === 'task-finished');
    expect(finished.map(({ header }) => header.task_id)).toEqual(tasks);
    expect(client.sentences.length).toBe(tasks.length + Number(name === 'audio'));
  });
});

describe('after a task', () => {
  it('ignores a second finish-task at any time', async () => {
    const client = await finishedTask([run(), SECOND, finishTask(ID)]);
    client.send(finishTask(ID), run(OTHER), SECOND, finishTask(OTHER));
    await client.until('task-finished', 2);
    expect(client.events).not.toContain('task-failed');
  });

  it('fails on audio', async () => {
    const client = await finishedTask([run(), SECOND, finishTask(ID)]);
    client.send(SECOND);
    expect(await client.closed).toBe(1000);
    expect(client.received.at(-1)?.header.error_message).toMatch(MISSING);
  });

  it('sends no answer after a failed task', async () => {
    const { client } = await sendAll(['{', run(), SECOND, finishTask(ID)]);
    expect(client.events).toEqual(['task-failed']);
  });
});

describe('a task that cannot start', () => {
  const without = (path: string) => {
    const message = JSON.parse(run()) as Record<string, Record<string, unknown>>;
    const [section = '', ...names] = path.split('.');
    const owner = names.length === 1 ? message[section] : (message[section]?.['parameters'] as object);
    delete (owner as Record<string, unknown>)[names.at(-1) ?? ''];
    return JSON.stringify(message);
  };

  it.each([
    'header.streaming',
    'payload.task_group',
    'payload.task',
    'payload.function',
    'payload.model',
    'payload.parameters',
    'payload.parameters.format',
    'payload.parameters.sample_rate',
    'payload.input',
    'header.action',
  ])('fails with its id and names %s when it is missing', async (path) => {
    const { failure } = await sendAll([without(path)]);
    expect(failure).toMatchObject({
      task_id: ID,
      error_code: 'InvalidParameter',
      error_message: `Missing required parameter '${path}'! Please follow the protocol!`,
    });
  });

  it('fails with an empty id when the id is missing', async () => {
    const { failure } = await sendAll([without('header.task_id')]);
    expect(failure).toMatchObject({
      task_id: '',
      error_message: "Missing required parameter 'header.task_id'! Please follow the protocol!",
    });
  });

  it('fails on a wrong task or input', async () => {
    const wrongTask = run().replace('"asr"', '"recognition"');
    expect((await sendAll([wrongTask])).failure?.error_message).toBe('task can not be null');
    const wrongInput = run().replace('"input":{}', '"input":[]');
    expect((await sendAll([wrongInput])).failure?.error_message).toBe('task can not be null');
  });

  it('names the invalid parameter', async () => {
    const { failure } = await sendAll([run(ID, { max_sentence_silence: 9 })]);
    expect(failure).toMatchObject({ task_id: ID, error_code: 'InvalidParameter' });
    expect(failure?.error_message).toMatch(/^max_sentence_silence must be an integer from 200 to 6000/);
  });

  it('cannot change a prototype with the names of its fields', async () => {
    const message = run().replace('"format"', '"__proto__":{"format":"mp3"},"constructor":1,"format"');
    const client = await finishedTask([message, SECOND, finishTask(ID)]);
    expect(client.events.at(-1)).toBe('task-finished');
    expect(Object.hasOwn(Object.prototype, 'format')).toBe(false);
  });
});

describe('the timers', () => {
  it('fail a task without audio', async () => {
    const { failure, code } = await sendAll([run()], { timers: { noAudioMs: 100 } });
    expect(failure).toMatchObject({
      event: 'task-failed',
      task_id: ID,
      error_code: 'CLIENT_ERROR',
      error_message: 'request timeout after 23 seconds.',
    });
    expect(code).toBe(1000);
  });

  it('fail a task whose audio has stopped, also with heartbeat', async () => {
    const { client, failure } = await sendAll([run(ID, { heartbeat: true }), SECOND], {
      timers: { noAudioMs: 100 },
    });
    expect(failure?.error_code).toBe('CLIENT_ERROR');
    expect(client.sentences).not.toHaveLength(0);
  });

  it.each<[string, (client: Client) => void]>([
    ['pings', (client) => client.socket.ping()],
    ['empty frames', (client) => client.send(Buffer.alloc(0))],
    ['continue-task', (client) => client.send(continueTask())],
  ])('do not count %s as audio', async (_, send) => {
    const client = await Client.connect(await running({ timers: { noAudioMs: 200 } }));
    client.send(run());
    const sending = setInterval(() => send(client), 20);
    await client.closed;
    clearInterval(sending);
    expect(client.received.at(-1)?.header.error_code).toBe('CLIENT_ERROR');
  });

  it('stop while the engine works', async () => {
    const engine = countingEngine({ msPerSecond: 700 });
    const messages = [run(), SECOND, SECOND, finishTask(ID)];
    const client = await finishedTask(messages, { engine, timers: { noAudioMs: 350, idleMs: 350 } });
    expect(client.events.at(-1)).toBe('task-finished');
  });

  it('close a connection without a task, before the first and after the last', async () => {
    const timers = { idleMs: 400 };
    const idle = await sendAll([], { timers });
    expect(idle.code).toBe(1000);
    expect(idle.client.received).toEqual([]);
    const { client, code } = await sendAll([run(), SECOND, finishTask(ID)], { timers });
    expect(code).toBe(1000);
    expect(client.events.at(-1)).toBe('task-finished');
  });
});

describe('silence', () => {
  const engine = countingEngine({ ignoresSpeech: true });

  it('fails a task without heartbeat, although silent audio arrives', async () => {
    const { failure } = await sendAll([run(), SECOND, SECOND], { engine, timers: { silenceMs: 2000 } });
    expect(failure).toMatchObject({
      task_id: ID,
      error_code: 'ResponseTimeout',
      error_message: 'Response timeout!',
    });
  });

  it('is answered with heartbeats when heartbeat is on', async () => {
    const messages = [run(ID, { heartbeat: true }), SECOND, SECOND, SECOND, finishTask(ID)];
    const client = await finishedTask(messages, { engine, timers: { silenceMs: 2000 } });
    const beat = JSON.parse(heartbeat(ID)) as object;
    expect(client.received.slice(1, -1)).toEqual([beat, beat, beat]);
    expect(client.events.at(-1)).toBe('task-finished');
  });

  it('ends with speech', async () => {
    const messages = [run(), ...Array.from({ length: 5 }, () => SECOND), finishTask(ID)];
    const client = await finishedTask(messages, { timers: { silenceMs: 1500 } });
    expect(client.events.at(-1)).toBe('task-finished');
  });
});
