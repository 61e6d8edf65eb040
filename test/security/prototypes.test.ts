import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkWireParameters } from '../../lib/protocol/parameters.ts';
import { readClientAction, runTask } from '../../lib/protocol/messages/client-actions.ts';
import { readServiceEvent } from '../../lib/protocol/messages/service-events.ts';
import { Vocabularies } from '../../lib/service/vocabularies.ts';
import { jsonl } from '../../lib/subtitles/jsonl.ts';
import { finalSentence, written } from '../subtitles/cues/final-sentence.ts';

const ID = '2bf83b9abaeb4fda8d9ae9e8c3a3d8f1';

/** JSON that tries to reach what all objects share, by names that mean something there or in the protocol. */
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

const own = Object.getOwnPropertyNames(Object.prototype).join();

/** What a function makes of it; undefined where it refuses. */
function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

it('whatever its names, JSON of a stranger gives nothing to other objects', () => {
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
  expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(own);
});

it('a sentence keeps such fields as data', async () => {
  const fields = JSON.parse('{"__proto__":{"text":"INJECTED"},"constructor":1}') as object;
  const line = await written(jsonl(), [{ ...finalSentence('Yes.', 0, 900), ...fields }]);
  expect(JSON.parse(line)).toMatchObject({ text: 'Yes.', constructor: 1 });
});
