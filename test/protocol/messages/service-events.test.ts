import { describe, expect, it } from 'vitest';
import { MessageError } from '../../../lib/protocol/messages/envelope.ts';
import {
  heartbeat,
  readServiceEvent,
  resultGenerated,
  taskFailed,
  taskFinished,
  taskStarted,
  type WireSentence,
} from '../../../lib/protocol/messages/service-events.ts';

const ID = '2bf83b9abaeb4fda8d9ae9e8c3a3d8f1';

const sentence: WireSentence = {
  sentence_id: 1,
  begin_time: 640,
  end_time: 1640,
  text: 'turn the light on.',
  words: [{ begin_time: 640, end_time: 820, text: 'turn', punctuation: '' }],
  sentence_end: true,
};

/** Builds a result of the service with these fields in its sentence. */
function result(fields: object, usage: unknown = null): string {
  const header = { task_id: ID, event: 'result-generated', attributes: {} };
  return JSON.stringify({ header, payload: { output: { sentence: fields }, usage } });
}

describe('readServiceEvent', () => {
  it('reads what the service builds', () => {
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

describe('a result', () => {
  it.each([
    ['the flag is true', { sentence_end: true, end_time: 5 }, true],
    ['the flag is false, although there is an end', { sentence_end: false, end_time: 5 }, false],
    ['there is no flag but an end', { end_time: 5 }, true],
    ['there is no flag and the end is null', { end_time: null }, false],
    ['there is neither', {}, false],
  ])('is final or partial when %s', (_, fields, isFinal) => {
    expect(readServiceEvent(result({ text: 'a', begin_time: 0, ...fields }))).toMatchObject({
      sentence: { sentence_end: isFinal },
    });
  });

  it('may have missing and invalid fields', () => {
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

  it('is a heartbeat when it is marked as one', () => {
    expect(readServiceEvent(result({ heartbeat: true, text: '' })).event).toBe('heartbeat');
  });

  it('is refused without a sentence', () => {
    const message = JSON.stringify({
      header: { event: 'result-generated', task_id: ID },
      payload: { output: {} },
    });
    expect(() => readServiceEvent(message)).toThrow(MessageError);
  });

  it('uses the times of its words when its own are missing', () => {
    const words = [
      { begin_time: 100, end_time: 200, text: 'a' },
      { begin_time: 250, end_time: 400, text: 'b' },
    ];
    expect(readServiceEvent(result({ text: 'a b', sentence_end: true, words }))).toMatchObject({
      sentence: { begin_time: 100, end_time: 400, sentence_end: true },
    });
  });
});
