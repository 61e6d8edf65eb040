import { expect, it } from 'vitest';
import { readClientAction } from '../../../lib/protocol/messages/client-actions.ts';
import { MessageError } from '../../../lib/protocol/messages/envelope.ts';
import { readServiceEvent } from '../../../lib/protocol/messages/service-events.ts';

it.each(['', '{', '[]', 'null', '3', '{}', '{"header":3}'])('both sides refuse %j', (message) => {
  expect(() => readServiceEvent(message)).toThrow(MessageError);
  expect(() => readClientAction(message)).toThrow('Invalid payload data');
});

it('both sides refuse a message that is nested deeper than 16 levels', () => {
  const message = `{"header":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`;
  expect(() => readServiceEvent(message)).toThrow(MessageError);
  expect(() => readClientAction(message.slice(0, 16_000))).toThrow('Invalid payload data');
  const deep = `{"header":${'{"a":'.repeat(16)}1${'}'.repeat(16)}}`;
  expect(() => readClientAction(deep)).toThrow('Invalid payload data');
});

it('a message cannot change a prototype', () => {
  const message =
    '{"header":{"event":"x","task_id":"1","__proto__":{"polluted":1}},"__proto__":{"polluted":1}}';
  expect(readServiceEvent(message)).toEqual({ event: 'unknown', taskId: '1', name: 'x' });
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});
