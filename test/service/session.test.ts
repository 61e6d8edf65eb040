import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { finishTask, runTask } from '../../lib/recognition/messages.ts';
import { type Service, type ServiceOptions, startService } from '../../lib/service/service.ts';
import { countingEngine } from '../support/counting-engine.ts';

const ID = '2bf83b9abaeb4fda8d9ae9e8c3a3d8f1';
const PCM = { format: 'pcm', sample_rate: 16000 };
const RUN = runTask(ID, 'fun-asr-realtime', PCM);
const SECOND = Buffer.alloc(32_000);

interface Message {
  readonly header: {
    readonly event: string;
    readonly task_id: string;
    readonly error_code?: string;
    readonly error_message?: string;
  };
  readonly payload: {
    readonly output?: { readonly sentence?: Record<string, unknown> };
    readonly usage?: unknown;
  };
}

/** Sends messages as a client that waits for nothing, and gathers the answers until the service closes or finishes. */
async function talk(
  messages: readonly (string | Buffer)[],
  options: Partial<ServiceOptions> = {},
): Promise<Message[]> {
  const service = await startService({ engine: countingEngine(), port: 0, ...options });
  const answers = await converse(service, messages);
  await service.close();
  return answers;
}

async function converse(service: Service, messages: readonly (string | Buffer)[]): Promise<Message[]> {
  const socket = new WebSocket(service.url);
  const answers: Message[] = [];
  const finished = messages.filter(
    (message) => typeof message === 'string' && message.includes('finish-task'),
  ).length;
  socket.on('message', (data) => {
    const answer = JSON.parse((data as Buffer).toString()) as Message;
    answers.push(answer);
    if (answers.filter(({ header }) => header.event === 'task-finished').length === finished && finished > 0)
      socket.close();
  });
  await once(socket, 'open');
  for (const message of messages) socket.send(message);
  await once(socket, 'close');
  return answers;
}

const events = (answers: Message[]) => answers.map(({ header }) => header.event);
const failure = (answers: Message[]) => answers.at(-1)?.header;

describe('a session', () => {
  it('answers a whole task in order, with what the official Python SDK needs', async () => {
    const answers = await talk([RUN, SECOND, Buffer.alloc(16_000), finishTask(ID)], { partials: false });
    expect(events(answers)).toEqual([
      'task-started',
      'result-generated',
      'result-generated',
      'task-finished',
    ]);
    expect(answers.every(({ header }) => header.task_id === ID)).toBe(true);
    expect(answers[1]?.payload.output?.sentence).toMatchObject({
      sentence_id: 1,
      begin_time: 0,
      end_time: 1000,
      text: 'Second 1.',
      sentence_end: true,
    });
    expect(answers[1]?.payload.usage).toEqual({ duration: 1 });
    expect(answers[2]?.payload.usage).toEqual({ duration: 2 });
    expect(answers[3]?.payload.output).toEqual({});
  });

  it('sends partials with a null end, the first marked as the beginning', async () => {
    const [, partial, final] = await talk([RUN, SECOND, finishTask(ID)]);
    expect(partial?.payload.usage).toBeNull();
    expect(partial?.payload.output?.sentence).toMatchObject({
      sentence_id: 1,
      end_time: null,
      sentence_begin: true,
      sentence_end: false,
    });
    expect(final?.payload.output?.sentence).toMatchObject({
      sentence_id: 1,
      sentence_begin: false,
      sentence_end: true,
    });
  });

  it('takes audio that does not wait for task-started, and task ids with dashes', async () => {
    const dashed = '2bf83b9a-baeb-4fda-8d9a-e9e8c3a3d8f1';
    const answers = await talk([runTask(dashed, 'fun-asr-realtime', PCM), SECOND, finishTask(dashed)]);
    expect(answers.at(-1)?.header).toMatchObject({ event: 'task-finished', task_id: dashed });
  });

  it('runs one task after another on one connection, each with times of its own', async () => {
    const second = ID.replace('2', '3');
    const answers = await talk(
      [RUN, SECOND, finishTask(ID), runTask(second, 'fun-asr-realtime', PCM), SECOND, finishTask(second)],
      { partials: false },
    );
    const sentences = answers.flatMap(({ header, payload }) =>
      payload.output?.sentence
        ? [[header.task_id, payload.output.sentence.begin_time, payload.output.sentence.sentence_id]]
        : [],
    );
    expect(sentences).toEqual([
      [ID, 0, 1],
      [second, 0, 1],
    ]);
  });

  it('takes audio cut within a sample', async () => {
    const answers = await talk([RUN, SECOND.subarray(0, 12_345), SECOND.subarray(12_345), finishTask(ID)], {
      partials: false,
    });
    expect(answers[1]?.payload.output?.sentence).toMatchObject({ end_time: 1000 });
  });

  it.each<[string, (string | Buffer)[], string, RegExp]>([
    ['audio without a task', [SECOND], 'InvalidParameter', /payload.task_group/],
    ['an end without a task', [finishTask(ID)], 'InvalidParameter', /no such task/],
    ['the end of another task', [RUN, finishTask(ID.replace('2', '3'))], 'InvalidParameter', /no such task/],
    ['a second task before the first has ended', [RUN, RUN], 'InvalidParameter', /running/],
    ['what is no JSON', ['{'], 'InvalidParameter', /Invalid payload data/],
    ['no audio at all', [RUN, finishTask(ID)], 'NO_VALID_AUDIO_ERROR', /NO_VALID_AUDIO_ERROR/],
    ['100 ms of audio', [RUN, Buffer.alloc(3200), finishTask(ID)], 'EmptyAudio', /200 ms/],
    [
      'a format that there is not',
      [runTask(ID, 'm', { ...PCM, format: 'flac' })],
      'UNSUPPORTED_FORMAT',
      /flac/,
    ],
    [
      'a sample rate out of range',
      [runTask(ID, 'm', { ...PCM, sample_rate: 96_000 })],
      'InvalidParameter',
      /sample_rate/,
    ],
    [
      'a value out of range',
      [runTask(ID, 'm', { ...PCM, max_sentence_silence: 9 })],
      'InvalidParameter',
      /200 to 6000/,
    ],
    [
      'a language that the model lacks',
      [runTask(ID, 'm', { ...PCM, language_hints: ['zh'] })],
      'InvalidParameter',
      /recognises en only, not zh/,
    ],
  ])('fails %s, and closes', async (_, messages, code, message) => {
    const header = failure(await talk(messages));
    expect(header).toMatchObject({ event: 'task-failed', error_code: code });
    expect(header?.error_message).toMatch(message);
  });

  it('ignores parameters that it does not know, as the official SDKs send them', async () => {
    const answers = await talk([
      runTask(ID, 'm', { ...PCM, stream: true, pre_task_id: 'x' }),
      SECOND,
      finishTask(ID),
    ]);
    expect(events(answers).at(-1)).toBe('task-finished');
  });

  it('fails a task that gets no audio, and closes a connection without a task', async () => {
    const timers = { noAudioMs: 100, idleMs: 100 };
    expect(failure(await talk([RUN], { timers }))).toMatchObject({
      error_code: 'CLIENT_ERROR',
      error_message: 'request timeout after 23 seconds.',
    });
    expect(await talk([], { timers })).toEqual([]);
  });

  it('slows a client down to the pace of the engine, and loses nothing', async () => {
    const service = await startService({
      engine: countingEngine({ msPerSecond: 20 }),
      port: 0,
      partials: false,
    });
    const answers = await converse(service, [
      RUN,
      ...Array.from({ length: 40 }, () => SECOND),
      finishTask(ID),
    ]);
    expect(answers.filter(({ header }) => header.event === 'result-generated')).toHaveLength(40);
    await service.close();
  });
});
