import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { decodeFile } from '../../lib/audio/decode-file.ts';
import { randomScript } from '../../lib/testing/audio/random-script.ts';
import { recogniseScript, type Recognised } from '../support/recognise-script.ts';
import { type ScriptedClient, startScriptedService } from '../support/scripted-service.ts';

const SPEECH = await decodeFile('fixtures/leisure.wav').toArray();
const SPEECH_MS = SPEECH.reduce((sum, { length }: Buffer) => sum + length, 0) / 32;

/** Recognises audio with a service that answers each task before it finishes it. */
async function answered(
  answer: (client: ScriptedClient) => void,
  source: Iterable<Buffer> = SPEECH,
): Promise<Recognised> {
  await using service = await startScriptedService({
    async client(client) {
      await client.startTask();
      await client.action('finish-task');
      answer(client);
      await client.finishTask();
    },
  });
  return await recogniseScript(randomScript(1), { baseUrl: service.url }, source);
}

function* audio(magnitude: (sample: number) => number, ms: number): Generator<Buffer> {
  for (let at = 0; at < ms; at += 100) {
    yield Buffer.from(Int16Array.from({ length: 1600 }, (_, n) => magnitude(at * 16 + n)).buffer);
  }
}

describe('speech without text', () => {
  it('in a task that finishes without a result is a warning with its span', async () => {
    const { error, finals, warnings } = await answered(() => {});
    expect([error, finals]).toEqual([undefined, []]);
    expect(warnings).toMatchObject([
      { code: 'W_UNRECOGNIZED', span: { beginMs: 0, endMs: Math.round(SPEECH_MS) } },
    ]);
  });

  it.each([
    ['silence', () => 0],
    ['noise', (n: number) => ((Math.imul(n + 1, 2_654_435_761) >>> 16) % 6000) - 3000],
    ['a steady tone', (n: number) => 8000 * Math.sin(n / 10)],
  ])('is not suspected in %s', async (_, magnitude) => {
    const { error, warnings } = await answered(() => {}, audio(magnitude, 8000));
    expect([error, warnings]).toEqual([undefined, []]);
  });

  it('is not suspected in a task that had a result', async () => {
    const { warnings } = await answered((client) => client.final('', 0, 900));
    expect(warnings).toEqual([]);
  });

  it('that had partial text and no final sentence is a warning with the span of its words', async () => {
    const words = [
      { begin_time: 1500, end_time: 1800, text: 'Then', punctuation: '' },
      { begin_time: 1800, end_time: 2300, text: 'this', punctuation: '' },
    ];
    const { error, finals, warnings } = await answered((client) => {
      client.final('First.', 100, 900);
      client.partial('Then this', 1500, { words });
    });
    expect([error, finals.length]).toEqual([undefined, 1]);
    expect(warnings).toMatchObject([{ code: 'W_UNRECOGNIZED', span: { beginMs: 1500, endMs: 2300 } }]);
  });

  it.each([
    ['a final sentence', (client: ScriptedClient) => client.final('Then this.', 1500, 2300)],
    [
      'an empty final sentence, which calls them noise',
      (client: ScriptedClient) => client.final('', 1500, 2300),
    ],
    ['an empty partial result', (client: ScriptedClient) => client.partial('', 1500)],
  ])('is not reported when partial words are replaced by %s', async (_, replace) => {
    const { warnings } = await answered((client) => {
      client.partial('Then', 1500);
      replace(client);
    });
    expect(warnings).toEqual([]);
  });

  it('is reported when the service marks an empty final sentence, with its span in the whole input', async () => {
    await using service = await startScriptedService({
      async client(client, index) {
        await client.startTask();
        if (index === 0) {
          await client.audioBytes(64_000);
          client.final('First.', 0, 1000);
          return client.socket.terminate();
        }
        await client.action('finish-task');
        client.final('', 500, 1500, { words: [], unrecognized: true });
        client.final('Second.', 2000, 2500);
        return await client.finishTask();
      },
    });
    const result = await recogniseScript(randomScript(1), { baseUrl: service.url }, SPEECH);
    expect(result.finals.map(({ text, sentence_id }) => [text, sentence_id])).toEqual([
      ['First.', 1],
      ['Second.', 2],
    ]);
    expect(result.warnings).toMatchObject([
      {
        code: 'W_UNRECOGNIZED',
        span: { beginMs: 1500, endMs: 2500 },
        message: expect.stringContaining('1.5 s to 2.5 s') as string,
      },
    ]);
  });
});

describe('a final sentence without a begin', () => {
  it('begins at its first word, not where the last one ended', async () => {
    const words = [{ begin_time: 2000, end_time: 2600, text: 'Late', punctuation: '.' }];
    const { finals } = await answered((client) => {
      client.final('First.', 100, 900);
      client.final('Late.', 0, 2600, { begin_time: null, words });
      client.final('Wordless.', 0, 3000, { begin_time: null, words: [] });
    });
    expect(finals.map(({ begin_time, end_time }) => [begin_time, end_time])).toEqual([
      [100, 900],
      [2000, 2600],
      [2600, 3000],
    ]);
  });
});

describe('encoded audio of an odd number of bytes', () => {
  it.each([
    ['mp3', 'ill-disposed.mp3'],
    ['wav', 'leisure.wav'],
  ] as const)('in %s is recognised to its end', async (format, name) => {
    const bytes = await readFile(`fixtures/${name}`);
    const odd = bytes.length % 2 === 0 ? bytes.subarray(0, -1) : bytes;
    await using service = await startScriptedService({
      async client(client) {
        await client.startTask();
        await client.action('finish-task');
        client.final('Well.', 100, 900);
        await client.finishTask();
      },
    });
    const { error, finals, metrics } = await recogniseScript(
      randomScript(1),
      { baseUrl: service.url, format },
      [odd],
    );
    expect([error, finals.length, metrics?.tasks, service.clients.length]).toEqual([undefined, 1, 1, 1]);
    expect(service.clients[0]?.audio.equals(odd)).toBe(true);
  });
});
