import { describe, expect, it } from 'vitest';
import {
  finishTask,
  heartbeat,
  MessageError,
  readClientAction,
  readServiceEvent,
  resultGenerated,
  runTask,
  taskFailed,
  taskFinished,
  taskStarted,
  type WireSentence,
} from '../../lib/protocol/messages.ts';

const ID = '2bf83b9abaeb4fda8d9ae9e8c3a3d8f1';

const sentence: WireSentence = {
  sentence_id: 1,
  begin_time: 640,
  end_time: 1640,
  text: 'turn the light on.',
  words: [{ begin_time: 640, end_time: 820, text: 'turn', punctuation: '' }],
  sentence_end: true,
};

/** A result of the service with these fields in its sentence. */
function result(fields: object, usage: unknown = null): string {
  const header = { task_id: ID, event: 'result-generated', attributes: {} };
  return JSON.stringify({ header, payload: { output: { sentence: fields }, usage } });
}

describe('what one side builds, the other reads', () => {
  it('for the actions of a client', () => {
    const parameters = { format: 'pcm', sample_rate: 16000 };
    expect(readClientAction(runTask(ID, 'fun-asr-realtime', parameters))).toEqual({
      action: 'run-task',
      taskId: ID,
      model: 'fun-asr-realtime',
      parameters,
    });
    expect(readClientAction(finishTask(ID))).toEqual({ action: 'finish-task', taskId: ID });
  });

  it('for the events of the service', () => {
    const events = [
      taskStarted(ID),
      resultGenerated(ID, sentence, { duration: 2 }),
      heartbeat(ID),
      taskFinished(ID),
      taskFailed(ID, 'X', 'y'),
    ].map(readServiceEvent);
    expect(events).toEqual([
      { event: 'task-started', taskId: ID },
      { event: 'result-generated', taskId: ID, sentence, usage: { duration: 2 } },
      { event: 'heartbeat', taskId: ID },
      { event: 'task-finished', taskId: ID },
      { event: 'task-failed', taskId: ID, code: 'X', message: 'y' },
    ]);
  });
});

describe('run-task', () => {
  it('has every field that the protocol asks for, an empty input too', () => {
    expect(JSON.parse(runTask(ID, 'm', { format: 'pcm', sample_rate: 16000 }))).toEqual({
      header: { action: 'run-task', task_id: ID, streaming: 'duplex' },
      payload: {
        task_group: 'audio',
        task: 'asr',
        function: 'recognition',
        model: 'm',
        parameters: { format: 'pcm', sample_rate: 16000 },
        input: {},
      },
    });
  });

  it.each(['task_group', 'task', 'function', 'model', 'parameters', 'input'])(
    'is refused without payload.%s',
    (name) => {
      const message = JSON.parse(runTask(ID, 'm', { format: 'pcm', sample_rate: 16000 })) as {
        payload: object;
      };
      const payload = Object.fromEntries(Object.entries(message.payload).filter(([key]) => key !== name));
      expect(() => readClientAction(JSON.stringify({ ...message, payload }))).toThrow(
        `Missing required parameter 'payload.${name}'! Please follow the protocol!`,
      );
    },
  );

  it('is refused with the task that it would have started, when that can be told', () => {
    const message = runTask(ID, 'm', { format: 'pcm', sample_rate: 16000 });
    const refusalOf = (text: string): unknown => {
      try {
        return readClientAction(text);
      } catch (error) {
        return error;
      }
    };
    expect(refusalOf(message.replace('"duplex"', '""'))).toMatchObject({
      taskId: ID,
      message: "Missing required parameter 'header.streaming'! Please follow the protocol!",
    });
    expect(refusalOf(message.replace('"asr"', '"recognition"'))).toMatchObject({
      taskId: ID,
      message: 'task can not be null',
    });
    expect(refusalOf('{')).toMatchObject({ taskId: '' });
  });

  it('names a hot-word list of the older kind outside the parameters', () => {
    const message = runTask(ID, 'm', { format: 'pcm', sample_rate: 16000 }, 'phrases-1');
    expect(JSON.parse(message)).toMatchObject({
      payload: { resources: [{ resource_id: 'phrases-1', resource_type: 'asr_phrase' }] },
    });
    expect(readClientAction(message)).toMatchObject({ phraseId: 'phrases-1' });
  });

  it('may have a task id with dashes', () => {
    const dashed = '2bf83b9a-baeb-4fda-8d9a-e9e8c3a3d8f1';
    expect(readClientAction(finishTask(dashed)).taskId).toBe(dashed);
  });
});

describe('a result', () => {
  it.each([
    ['its own flag says so', { sentence_end: true, end_time: 5 }, true],
    ['its own flag says no, though there is an end', { sentence_end: false, end_time: 5 }, false],
    ['there is no flag but an end', { end_time: 5 }, true],
    ['there is no flag and the end is null', { end_time: null }, false],
    ['there is neither', {}, false],
  ])('is final or not: %s', (_, fields, isFinal) => {
    expect(readServiceEvent(result({ text: 'a', begin_time: 0, ...fields }))).toMatchObject({
      sentence: { sentence_end: isFinal },
    });
  });

  it('bears missing and odd fields', () => {
    expect(
      readServiceEvent(result({ begin_time: 'soon', words: [{ text: 'a' }, null, 3], sentence_id: 0 })),
    ).toEqual({
      event: 'result-generated',
      taskId: ID,
      sentence: {
        begin_time: null,
        end_time: null,
        text: '',
        words: [],
        sentence_id: undefined,
        sentence_end: false,
      },
      usage: null,
    });
  });

  it('is a heartbeat when it says so', () => {
    expect(readServiceEvent(result({ heartbeat: true, text: '' })).event).toBe('heartbeat');
  });

  it('without a sentence is no message', () => {
    const message = JSON.stringify({
      header: { event: 'result-generated', task_id: ID },
      payload: { output: {} },
    });
    expect(() => readServiceEvent(message)).toThrow(MessageError);
  });
});

describe('what is no message', () => {
  it.each(['', '{', '[]', 'null', '3', '{}', '{"header":3}'])('is refused by both sides: %j', (message) => {
    expect(() => readServiceEvent(message)).toThrow(MessageError);
    expect(() => readClientAction(message)).toThrow('Invalid payload data');
  });

  it('is nested deeper than any message', () => {
    const message = `{"header":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`;
    expect(() => readServiceEvent(message)).toThrow(MessageError);
    expect(() => readClientAction(message.slice(0, 16_000))).toThrow('Invalid payload data');
    const deep = `{"header":${'{"a":'.repeat(16)}1${'}'.repeat(16)}}`;
    expect(() => readClientAction(deep)).toThrow('Invalid payload data');
  });

  it('is longer than a client has reason for', () => {
    const padded = (length: number) => finishTask(ID) + ' '.repeat(length - finishTask(ID).length);
    expect(readClientAction(padded(16 * 1024)).action).toBe('finish-task');
    expect(() => readClientAction(padded(16 * 1024 + 1))).toThrow(/^The decoded text message was too big/);
  });

  it('does not reach the prototype of anything', () => {
    const message =
      '{"header":{"event":"x","task_id":"1","__proto__":{"polluted":1}},"__proto__":{"polluted":1}}';
    expect(readServiceEvent(message)).toEqual({ event: 'unknown', taskId: '1', name: 'x' });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
