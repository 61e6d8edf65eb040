import { describe, expect, it } from 'vitest';
import { finishTask, heartbeat, runTask } from '../../../lib/protocol/messages.ts';
import type { ServiceOptions } from '../../../lib/service/service.ts';
import { countingEngine } from '../../support/counting-engine.ts';
import { Client, running } from '../client.ts';

const ID = '2bf83b9abaeb4fda8d9ae9e8c3a3d8f1';
const OTHER = ID.replace('2', '3');
const PCM = { format: 'pcm', sample_rate: 16000 };
const SECOND = Buffer.alloc(32_000);

const run = (id = ID, parameters: object = {}) => runTask(id, 'fun-asr-realtime', { ...PCM, ...parameters });
const continueTask = (id = ID) => finishTask(id).replace('finish-task', 'continue-task');

/** Sends messages without waiting for anything; resolves when the service has closed. */
async function talk(messages: readonly (string | Buffer)[], options: Partial<ServiceOptions> = {}) {
  const client = await Client.connect(await running(options));
  client.send(...messages);
  return { client, code: await client.closed, failure: client.received.at(-1)?.header };
}

/** Sends a whole task; resolves when it has finished. */
async function task(messages: readonly (string | Buffer)[], options: Partial<ServiceOptions> = {}) {
  const client = await Client.connect(await running({ partials: false, ...options }));
  client.send(...messages);
  await Promise.race([client.until('task-finished'), client.closed]);
  return client;
}

describe('a session', () => {
  it('answers a whole task in order', async () => {
    const client = await task([run(), SECOND, Buffer.alloc(16_000), finishTask(ID)]);
    expect(client.events).toEqual(['task-started', 'result-generated', 'result-generated', 'task-finished']);
    expect(client.received.every(({ header }) => header.task_id === ID)).toBe(true);
  });

  it('runs one task after another on one connection, each with times of its own', async () => {
    const messages = [run(), SECOND, finishTask(ID), run(OTHER), SECOND, finishTask(OTHER)];
    const client = await task(messages);
    await client.until('task-finished', 2);
    const results = client.received.filter(({ header }) => header.event === 'result-generated');
    expect(results.map(({ header, payload }) => [header.task_id, payload.output?.sentence])).toMatchObject([
      [ID, { sentence_id: 1, begin_time: 0 }],
      [OTHER, { sentence_id: 1, begin_time: 0 }],
    ]);
  });

  it('takes task ids with dashes, and gives them back as they came', async () => {
    const dashed = '2bf83b9a-baeb-4fda-8d9a-e9e8c3a3d8f1';
    const client = await task([run(dashed), SECOND, finishTask(dashed)]);
    expect(client.received.at(-1)?.header).toMatchObject({ event: 'task-finished', task_id: dashed });
  });

  it('slows a client down to the pace of the engine, and loses nothing', async () => {
    const seconds = Array.from({ length: 40 }, () => SECOND);
    const engine = countingEngine({ msPerSecond: 20 });
    const client = await task([run(), ...seconds, finishTask(ID)], { engine });
    expect(client.sentences).toHaveLength(40);
  });
});

const PROTOCOL = /^Missing required parameter 'payload\.task_group'! Please follow the protocol!$/;
const NO_TASK = /there is no such task/;
const RUNNING = /a task is running on this connection already/;
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

/** The state table of the protocol: what a message leads to in each state, a failure or the end of the task. */
const TABLE: Readonly<Record<string, Readonly<Record<keyof typeof MESSAGES, RegExp | 'goes on'>>>> = {
  'without a task': {
    'run-task': 'goes on',
    audio: PROTOCOL,
    'finish-task': NO_TASK,
    'continue-task': NO_TASK,
    'finish-task of another': NO_TASK,
    'continue-task of another': NO_TASK,
    'bad JSON': INVALID,
  },
  starting: {
    'run-task': RUNNING,
    audio: 'goes on',
    'finish-task': 'goes on',
    'continue-task': 'goes on',
    'finish-task of another': NO_TASK,
    'continue-task of another': NO_TASK,
    'bad JSON': INVALID,
  },
  running: {
    'run-task': RUNNING,
    audio: 'goes on',
    'finish-task': 'goes on',
    'continue-task': 'goes on',
    'finish-task of another': NO_TASK,
    'continue-task of another': NO_TASK,
    'bad JSON': INVALID,
  },
  finishing: {
    'run-task': 'goes on',
    audio: PROTOCOL,
    'finish-task': 'goes on',
    'continue-task': 'goes on',
    'finish-task of another': NO_TASK,
    'continue-task of another': NO_TASK,
    'bad JSON': INVALID,
  },
};

describe.each(Object.entries(TABLE))('%s, a session', (state, row) => {
  /** A client whose session is in the state; `release` lets the engine come to its end. */
  async function inState(): Promise<{ client: Client; release: () => void }> {
    let release = () => {};
    const ended = new Promise<void>((resolve) => {
      release = resolve;
    });
    const engine = countingEngine({ ended });
    const client = await Client.connect(await running({ engine, partials: false }));
    if (state !== 'without a task') client.send(run());
    if (state === 'running') await client.until('task-started');
    if (state !== 'without a task') client.send(SECOND);
    if (state === 'finishing') client.send(finishTask(ID));
    return { client, release };
  }

  const rows = Object.entries(row) as [keyof typeof MESSAGES, RegExp | 'goes on'][];

  it.each(rows.filter(([, outcome]) => outcome !== 'goes on'))(
    'fails on %s, and closes',
    async (name, text) => {
      const { client, release } = await inState();
      client.send(MESSAGES[name]);
      expect(await client.closed).toBe(1000);
      release();
      const failure = client.received.at(-1)?.header;
      expect(failure).toMatchObject({ event: 'task-failed', error_code: 'InvalidParameter' });
      expect(failure?.error_message).toMatch(text);
      expect(failure?.task_id).toBe(state === 'without a task' ? '' : ID);
      expect(client.events).not.toContain('task-finished');
    },
  );

  it.each(rows.filter(([, outcome]) => outcome === 'goes on'))('goes on with %s', async (name) => {
    const { client, release } = await inState();
    client.send(MESSAGES[name]);
    const isNew = name === 'run-task';
    if (isNew) client.send(SECOND, finishTask(OTHER));
    else if (state !== 'finishing' && name !== 'finish-task') client.send(finishTask(ID));
    release();
    const tasks = state === 'without a task' ? [OTHER] : isNew ? [ID, OTHER] : [ID];
    await client.until('task-finished', tasks.length);
    const finished = client.received.filter(({ header }) => header.event === 'task-finished');
    expect(finished.map(({ header }) => header.task_id)).toEqual(tasks);
    expect(client.sentences.length).toBe(tasks.length + Number(name === 'audio'));
  });
});

describe('after a task', () => {
  it('a second finish-task is taken, however late it comes', async () => {
    const client = await task([run(), SECOND, finishTask(ID)]);
    client.send(finishTask(ID), run(OTHER), SECOND, finishTask(OTHER));
    await client.until('task-finished', 2);
    expect(client.events).not.toContain('task-failed');
  });

  it('audio fails', async () => {
    const client = await task([run(), SECOND, finishTask(ID)]);
    client.send(SECOND);
    expect(await client.closed).toBe(1000);
    expect(client.received.at(-1)?.header.error_message).toMatch(PROTOCOL);
  });

  it('that failed, nothing is answered any more', async () => {
    const { client } = await talk(['{', run(), SECOND, finishTask(ID)]);
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
  ])('says that %s is missing, to the task that lacks it', async (path) => {
    const { failure } = await talk([without(path)]);
    expect(failure).toMatchObject({
      task_id: ID,
      error_code: 'InvalidParameter',
      error_message: `Missing required parameter '${path}'! Please follow the protocol!`,
    });
  });

  it('has no id to answer to when that is what is missing', async () => {
    const { failure } = await talk([without('header.task_id')]);
    expect(failure).toMatchObject({
      task_id: '',
      error_message: "Missing required parameter 'header.task_id'! Please follow the protocol!",
    });
  });

  it('is told of a wrong task or input', async () => {
    const wrongTask = run().replace('"asr"', '"recognition"');
    expect((await talk([wrongTask])).failure?.error_message).toBe('task can not be null');
    const wrongInput = run().replace('"input":{}', '"input":[]');
    expect((await talk([wrongInput])).failure?.error_message).toBe('task can not be null');
  });

  it('is told which parameter is wrong', async () => {
    const { failure } = await talk([run(ID, { max_sentence_silence: 9 })]);
    expect(failure).toMatchObject({ task_id: ID, error_code: 'InvalidParameter' });
    expect(failure?.error_message).toMatch(/^max_sentence_silence must be an integer from 200 to 6000/);
  });

  it('is no danger to the process, whatever its fields are called', async () => {
    const message = run().replace('"format"', '"__proto__":{"format":"mp3"},"constructor":1,"format"');
    const client = await task([message, SECOND, finishTask(ID)]);
    expect(client.events.at(-1)).toBe('task-finished');
    expect(Object.hasOwn(Object.prototype, 'format')).toBe(false);
  });
});

describe('the timers', () => {
  it('fail a task that gets no audio', async () => {
    const { failure, code } = await talk([run()], { timers: { noAudioMs: 100 } });
    expect(failure).toMatchObject({
      event: 'task-failed',
      task_id: ID,
      error_code: 'CLIENT_ERROR',
      error_message: 'request timeout after 23 seconds.',
    });
    expect(code).toBe(1000);
  });

  it('fail a task whose audio has stopped, also with a heartbeat', async () => {
    const { client, failure } = await talk([run(ID, { heartbeat: true }), SECOND], {
      timers: { noAudioMs: 100 },
    });
    expect(failure?.error_code).toBe('CLIENT_ERROR');
    expect(client.sentences).not.toHaveLength(0);
  });

  it.each<[string, (client: Client) => void]>([
    ['pings', (client) => client.socket.ping()],
    ['empty frames', (client) => client.send(Buffer.alloc(0))],
    ['continue-task', (client) => client.send(continueTask())],
  ])('do not take %s for audio', async (_, nudge) => {
    const client = await Client.connect(await running({ timers: { noAudioMs: 200 } }));
    client.send(run());
    const nudging = setInterval(() => nudge(client), 20);
    await client.closed;
    clearInterval(nudging);
    expect(client.received.at(-1)?.header.error_code).toBe('CLIENT_ERROR');
  });

  it('stand still while the engine is at work', async () => {
    const engine = countingEngine({ msPerSecond: 300 });
    const messages = [run(), SECOND, SECOND, finishTask(ID)];
    const client = await task(messages, { engine, timers: { noAudioMs: 100, idleMs: 100 } });
    expect(client.events.at(-1)).toBe('task-finished');
  });

  it('close a connection without a task, before the first and after the last', async () => {
    const timers = { idleMs: 100 };
    const idle = await talk([], { timers });
    expect(idle.code).toBe(1000);
    expect(idle.client.received).toEqual([]);
    const { client, code } = await talk([run(), SECOND, finishTask(ID)], { timers });
    expect(code).toBe(1000);
    expect(client.events.at(-1)).toBe('task-finished');
  });
});

describe('silence', () => {
  const engine = countingEngine({ ignoresSpeech: true });

  it('fails a task without heartbeat, though silent audio comes', async () => {
    const { failure } = await talk([run(), SECOND, SECOND], { engine, timers: { silenceMs: 2000 } });
    expect(failure).toMatchObject({
      task_id: ID,
      error_code: 'ResponseTimeout',
      error_message: 'Response timeout!',
    });
  });

  it('is answered with heartbeats where they are asked for', async () => {
    const messages = [run(ID, { heartbeat: true }), SECOND, SECOND, SECOND, finishTask(ID)];
    const client = await task(messages, { engine, timers: { silenceMs: 2000 } });
    const beat = JSON.parse(heartbeat(ID)) as object;
    expect(client.received.slice(1, -1)).toEqual([beat, beat, beat]);
    expect(client.events.at(-1)).toBe('task-finished');
  });

  it('is over when somebody speaks', async () => {
    const messages = [run(), ...Array.from({ length: 5 }, () => SECOND), finishTask(ID)];
    const client = await task(messages, { timers: { silenceMs: 1500 } });
    expect(client.events.at(-1)).toBe('task-finished');
  });
});
