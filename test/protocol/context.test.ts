import { describe, expect, it } from 'vitest';
import { type ContextMessage, contextMessages, contextRule } from '../../lib/protocol/context.ts';

const user = (text: string): ContextMessage => ({ role: 'user', content: [{ type: 'input_text', text }] });
const reply = (text: string): ContextMessage => ({ role: 'assistant', content: [{ type: 'text', text }] });
const times = (count: number, ...messages: ContextMessage[]): ContextMessage[] =>
  Array.from({ length: count }, () => messages).flat();

describe('a context is accepted', () => {
  it.each<[string, unknown]>([
    ['a text of 400 characters, also of two UTF-16 units each', '𠮷'.repeat(400)],
    ['five rounds with replies', times(5, user('x'.repeat(200)), reply('y'.repeat(200)))],
    ['messages of the user without replies', times(5, user('x'.repeat(400)))],
    ['a reply to the last message only', [user('a'), user('b'), reply('c')]],
  ])('%s', (_, context) => {
    expect(contextRule(context)).toBeUndefined();
  });
});

describe('a context is refused, because the service would cut it off or not understand it', () => {
  it.each<[string, unknown, RegExp]>([
    ['a text of 401 characters', 'x'.repeat(401), /at most 400 characters .*, not 401$/],
    ['a long round', [user('a'), user('x'.repeat(300)), reply('y'.repeat(101))], /not 401 as in round 2$/],
    ['six messages of the user', times(6, user('a')), /at most 5 texts of the type input_text, not 6/],
    ['six replies', times(6, user('a'), reply('b')), /at most 5 texts of the type input_text/],
    ['a reply at the start', [reply('a'), user('b')], /order of the conversation/],
    ['two replies to one message', [user('a'), reply('b'), reply('c')], /order of the conversation/],
    ['a role of other services', [{ role: 'system', content: 'x' }], /role user or assistant/],
    ['a role that is a name of every object', [{ role: 'toString', content: [] }], /role user or assistant/],
    ['a text instead of a content', [{ role: 'user', content: 'x' }], /"type":"input_text"/],
    ['an empty content', [{ role: 'user', content: [] }], /"type":"input_text"/],
    ['the type of the other role', [{ role: 'assistant', content: user('x').content }], /"type":"text"/],
    ['an empty text', [user(' ')], /"type":"input_text"/],
    ['a message that is null', [null], /role user or assistant/],
    ['nothing', '', /not empty/],
  ])('%s', (_, context, reason) => {
    expect(contextRule(context)).toMatch(reason);
  });
});

it('a text is one message of the user', () => {
  expect(contextMessages('Moonshine')).toEqual([user('Moonshine')]);
  expect(contextMessages([user('a'), reply('b')])).toEqual([user('a'), reply('b')]);
});
