import { describe, expect, it } from 'vitest';
import { finishTask, readClientAction, runTask } from '../../../lib/protocol/messages/client-actions.ts';

const ID = '2bf83b9abaeb4fda8d9ae9e8c3a3d8f1';

describe('runTask', () => {
  it('contains every field that the protocol requires, an empty input too', () => {
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
});

describe('readClientAction', () => {
  it('reads what the client builds', () => {
    const parameters = { format: 'pcm', sample_rate: 16000 };
    expect(readClientAction(runTask(ID, 'fun-asr-realtime', parameters))).toEqual({
      action: 'run-task',
      taskId: ID,
      model: 'fun-asr-realtime',
      parameters,
    });
    expect(readClientAction(finishTask(ID))).toEqual({ action: 'finish-task', taskId: ID });
  });

  it.each(['task_group', 'task', 'function', 'model', 'parameters', 'input'])(
    'refuses run-task without payload.%s',
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

  it('names the task of a refused message, where the message has one', () => {
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

  it('reads a hot-word list of the older kind, which is not one of the parameters', () => {
    const message = runTask(ID, 'm', { format: 'pcm', sample_rate: 16000 }, { phraseId: 'phrases-1' });
    expect(JSON.parse(message)).toMatchObject({
      payload: { resources: [{ resource_id: 'phrases-1', resource_type: 'asr_phrase' }] },
    });
    expect(readClientAction(message)).toMatchObject({ phraseId: 'phrases-1' });
  });

  it('reads the context of run-task and continue-task, and ignores one of another shape', () => {
    const context = [{ role: 'user', content: [{ type: 'input_text', text: 'Moonshine' }] }] as const;
    const message = runTask(ID, 'm', { format: 'pcm', sample_rate: 16000 }, { context });
    expect(JSON.parse(message)).toMatchObject({ payload: { input: { context } } });
    expect(readClientAction(message)).toMatchObject({ context });
    const later = finishTask(ID).replace('finish-task', 'continue-task');
    const withContext = later.replace('"input":{}', `"input":${JSON.stringify({ context })}`);
    expect(readClientAction(withContext)).toEqual({ action: 'continue-task', taskId: ID, context });
    const ofAnotherShape = later.replace('"input":{}', '"input":{"context":"Moonshine"}');
    expect(readClientAction(ofAnotherShape)).toEqual({ action: 'continue-task', taskId: ID });
  });

  it('accepts a task id with dashes', () => {
    const dashed = '2bf83b9a-baeb-4fda-8d9a-e9e8c3a3d8f1';
    expect(readClientAction(finishTask(dashed)).taskId).toBe(dashed);
  });

  it('refuses a message that is longer than the limit', () => {
    const padded = (length: number) => finishTask(ID) + ' '.repeat(length - finishTask(ID).length);
    expect(readClientAction(padded(48 * 1024)).action).toBe('finish-task');
    expect(() => readClientAction(padded(48 * 1024 + 1))).toThrow(/^The decoded text message was too big/);
  });
});
