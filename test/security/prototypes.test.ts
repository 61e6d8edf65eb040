import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkWireParameters } from '../../lib/protocol/parameters.ts';
import { readClientAction, runTask } from '../../lib/protocol/messages/client-actions.ts';
import { readServiceEvent } from '../../lib/protocol/messages/service-events.ts';
import { Vocabularies } from '../../lib/service/vocabularies.ts';
import { jsonl } from '../../lib/subtitles/jsonl.ts';
import { finalSentence, written } from '../subtitles/cues/final-sentence.ts';

const ID = '2bf83b9abaeb4fda8d9ae9e8c3a3d8f1';

/** Names of the object prototype and of the protocol, for JSON that tries to change the prototype. */
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'header',
  'payload',
  'output',
  'sentence',
  'words',
  'parameters',
  'input',
  'polluted',
];
const hostile = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom('"x"', '1', 'null', 'true', '[]', '"run-task"', '"result-generated"', `"${ID}"`),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(fc.constantFrom(...NAMES), tie('value')), { maxLength: 5 })
    .map((fields) => `{${fields.map(([name, value]) => `"${name}":${String(value)}`).join(',')}}`),
})).object;

const originalNames = Object.getOwnPropertyNames(Object.prototype).join();

/** Returns the result of a function; undefined if it throws. */
function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

it('JSON with any field names does not change other objects', () => {
  fc.assert(
    fc.property(hostile, (json) => {
      const field = (text: string) =>
        text.replace('"payload":{', `"payload":${json.slice(0, -1)}${json === '{}' ? '' : ','}`);
      for (const message of [json, field(runTask(ID, 'm', { format: 'pcm', sample_rate: 16_000 }))]) {
        attempt(() => readServiceEvent(message));
        const action = attempt(() => readClientAction(message));
        if (action?.action === 'run-task') checkWireParameters(action.parameters);
      }
      attempt(() => new Vocabularies().handle(JSON.parse(json) as Record<string, unknown>));
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    }),
    { numRuns: 500 },
  );
  expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(originalNames);
});

it('a sentence keeps such fields as data', async () => {
  const fields = JSON.parse('{"__proto__":{"text":"INJECTED"},"constructor":1}') as object;
  const line = await written(jsonl(), [{ ...finalSentence('Yes.', 0, 900), ...fields }]);
  expect(JSON.parse(line)).toMatchObject({ text: 'Yes.', constructor: 1 });
});
