import { describe, expect, it } from 'vitest';
import type { Engine, EngineStreamOptions } from '../../lib/service/engine.ts';
import { countingEngine } from '../support/counting-engine.ts';
import { Client, type Message, running } from './client.ts';

const SECOND = Buffer.alloc(32_000);
const DASHES = '2bf83b9a-baeb-4fda-8d9a-e9e8c3a3d8f1';
const PLAIN = DASHES.replaceAll('-', '');

/** Builds a message as the official SDKs do, without the builders of this project. */
function action(name: string, task_id: string, payload: object): string {
  return JSON.stringify({ header: { action: name, task_id, streaming: 'duplex' }, payload });
}

function runTask(task_id: string, parameters: object, rest: object = {}): string {
  const task = { task_group: 'audio', task: 'asr', function: 'recognition', model: 'fun-asr-realtime' };
  const own = { format: 'pcm', sample_rate: 16_000, ...parameters };
  return action('run-task', task_id, { ...task, parameters: own, input: {}, ...rest });
}

const finishTask = (task_id: string) => action('finish-task', task_id, { input: {} });
const context = [{ role: 'user', content: [{ type: 'input_text', text: 'names' }] }];

async function exchange(...messages: (string | Buffer)[]): Promise<readonly Message[]> {
  const client = await Client.connect(await running());
  client.send(...messages);
  await Promise.race([client.until('task-finished'), client.closed]);
  return client.received;
}

const eventsOf = (messages: readonly Message[]) => messages.map(({ header }) => header.event);

describe('the service accepts from the official SDKs', () => {
  it.each<[string, readonly (string | Buffer)[]]>([
    [
      'a file from the Python SDK',
      [
        runTask(PLAIN, { stream: true }),
        ...Array.from({ length: 5 }, () => Buffer.alloc(12_800)),
        finishTask(PLAIN),
      ],
    ],
    [
      'a phrase list from the Python SDK',
      [
        runTask(
          PLAIN,
          { stream: true },
          { resources: [{ resource_id: 'p-1', resource_type: 'asr_phrase' }] },
        ),
        SECOND,
        finishTask(PLAIN),
      ],
    ],
    [
      'context from the Python SDK',
      [runTask(PLAIN, { stream: true }, { input: { context } }), SECOND, finishTask(PLAIN)],
    ],
    [
      'audio before the task has started, from the Java SDK',
      [
        runTask(DASHES, { disfluency_removal_enabled: false, pre_task_id: DASHES }),
        ...Array.from({ length: 4 }, () => Buffer.alloc(16_384)),
        finishTask(DASHES),
      ],
    ],
    [
      'context during a task',
      [
        runTask(PLAIN, {}),
        SECOND,
        action('continue-task', PLAIN, { input: { context } }),
        SECOND,
        finishTask(PLAIN),
      ],
    ],
    ['the shortest allowed audio, 200 ms', [runTask(PLAIN, {}), Buffer.alloc(6400), finishTask(PLAIN)]],
  ])('%s', async (_, messages) => {
    const events = eventsOf(await exchange(...messages));
    expect(events[0]).toBe('task-started');
    expect(new Set(events.slice(1, -1))).toEqual(new Set(['result-generated']));
    expect(events.at(-1)).toBe('task-finished');
  });

  it('one id for two tasks, one after the other', async () => {
    const client = await Client.connect(await running());
    for (const count of [1, 2]) {
      client.send(runTask(PLAIN, {}), SECOND, finishTask(PLAIN));
      await client.until('task-finished', count);
    }
    expect(client.events).not.toContain('task-failed');
  });
});

describe('the service sends what the official SDKs require', () => {
  it('in every event: one of four names, the task id of the client, empty attributes, a payload', async () => {
    const events = [
      ...(await exchange(runTask(DASHES, {}), SECOND, finishTask(DASHES))),
      ...(await exchange(runTask(DASHES, { format: 'flac' }))),
    ];
    expect(new Set(eventsOf(events))).toEqual(
      new Set(['task-started', 'result-generated', 'task-finished', 'task-failed']),
    );
    for (const { header, payload } of events) {
      expect(header).toMatchObject({ task_id: DASHES, attributes: {} });
      expect(payload).toBeTypeOf('object');
    }
  });

  it('in a result: a sentence with integer times, an end that may be null, and usage that may be null', async () => {
    const events = await exchange(runTask(PLAIN, {}), SECOND, Buffer.alloc(20_001), finishTask(PLAIN));
    const results = events.filter(({ header }) => header.event === 'result-generated');
    const isInteger = (value: unknown) => Number.isInteger(value);
    expect(results.map(({ payload }) => payload.output?.sentence)).toEqual(
      results.map(({ payload: { usage } }) =>
        expect.objectContaining({
          sentence_id: expect.toSatisfy(isInteger) as number,
          begin_time: expect.toSatisfy(isInteger) as number,
          end_time: expect.toSatisfy((end) => (usage ? isInteger(end) : end === null)) as number,
          sentence_end: usage !== null,
          text: expect.any(String) as string,
        }),
      ),
    );
    expect(results.map(({ payload }) => payload.usage)).toEqual([
      null,
      { duration: 1 },
      null,
      { duration: 2 },
    ]);
  });

  it('at the end of a task: an empty output, on a connection that stays open', async () => {
    const client = await Client.connect(await running());
    client.send(runTask(PLAIN, {}), SECOND, finishTask(PLAIN));
    await client.until('task-finished');
    expect(client.received.at(-1)?.payload).toEqual({ output: {}, usage: null });
    client.socket.ping('ping');
    await new Promise((resolve) => client.socket.once('pong', resolve));
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('at a failure: code, message and an empty payload, before the connection is closed', async () => {
    const client = await Client.connect(await running());
    client.send(runTask(PLAIN, { max_sentence_silence: 1 }));
    expect(await client.closed).toBe(1000);
    expect(client.received).toEqual([
      {
        header: {
          task_id: PLAIN,
          event: 'task-failed',
          error_code: 'InvalidParameter',
          error_message: expect.stringContaining('max_sentence_silence') as string,
          attributes: {},
        },
        payload: {},
      },
    ]);
  });
});

it('passes the silence limit and the setting for partial results to the engine', async () => {
  const opened: EngineStreamOptions[] = [];
  const engine: Engine = {
    ...countingEngine(),
    open(options) {
      opened.push(options);
      return countingEngine().open(options);
    },
  };
  for (const [silence, partials] of [
    [400, true],
    [6000, false],
  ] as const) {
    const client = await Client.connect(await running({ engine, partials }));
    client.send(runTask(PLAIN, { max_sentence_silence: silence }), SECOND, finishTask(PLAIN));
    await client.until('task-finished');
  }
  expect(opened).toMatchObject([
    { maxSentenceSilence: 400, partials: true },
    { maxSentenceSilence: 6000, partials: false },
  ]);
});

describe('a text frame', () => {
  it.each([
    [
      'longer than 16 KiB',
      ' '.repeat(48 * 1024 + 1),
      /^The decoded text message was too big for the output buffer/,
    ],
    [
      'nested deeper than 16 levels',
      `{"header":${'['.repeat(16)}${']'.repeat(16)}}`,
      /^Invalid payload data$/,
    ],
    [
      'with an unknown action',
      action('pause-task', PLAIN, {}),
      /^Missing required parameter 'header\.action'/,
    ],
    ['that is an array', '[]', /^Invalid payload data$/],
    ['that is empty', '', /^Invalid payload data$/],
  ])('%s fails the task and closes the connection', async (_, message, text) => {
    const client = await Client.connect(await running());
    client.send(message);
    expect(await client.closed).toBe(1000);
    expect(client.received.map(({ header }) => header)).toMatchObject([
      {
        event: 'task-failed',
        error_code: 'InvalidParameter',
        error_message: expect.stringMatching(text) as string,
      },
    ]);
  });
});
