import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { FunAsrError } from '../../lib/core/errors.ts';
import { chooseBackend } from '../../lib/engines/choose-backend.ts';
import { openLocalEngine } from '../../lib/engines/local/local-engine.ts';
import { recognize, type RecognizeOptions } from '../../lib/recognize.ts';
import type { Reconnect } from '../../lib/recognition/events/diagnostics.ts';
import type { Engine, EngineStream } from '../../lib/service/engine.ts';
import { transcribe } from '../../lib/transcribe.ts';
import { countingEngine } from '../support/counting-engine.ts';

const RECORDING = new URL('../../fixtures/leisure.wav', import.meta.url).pathname;

interface Outcome {
  readonly reconnects: Reconnect[];
  readonly error: unknown;
  readonly texts: string[];
}

async function transcribeWith(engine: RecognizeOptions['engine']): Promise<Outcome> {
  const reconnects: Reconnect[] = [];
  const texts: string[] = [];
  const onReconnect = (reconnect: Reconnect) => reconnects.push(reconnect);
  try {
    for await (const { text } of transcribe(RECORDING, { engine, onReconnect })) texts.push(text);
    return { reconnects, texts, error: undefined };
  } catch (error) {
    return { reconnects, texts, error };
  }
}

async function recognizeWith(engine: RecognizeOptions['engine']): Promise<Outcome> {
  const reconnects: Reconnect[] = [];
  const texts: string[] = [];
  const stage = recognize({ engine });
  stage.on('reconnect', (reconnect) => reconnects.push(reconnect));
  stage.on('data', ({ text }) => texts.push(text));
  const seconds = Array.from({ length: 3 }, () => Buffer.alloc(32_000));
  const error: unknown = await pipeline(Readable.from(seconds), stage).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  return { reconnects, texts, error };
}

/** An engine that fails in one of its methods. */
function failingEngine(method: 'open' | 'write' | 'end', reason: Error, times = Infinity): Engine {
  const engine = countingEngine();
  let left = times;
  const failing = (): void => {
    left -= 1;
    if (left >= 0) throw reason;
  };
  return {
    ...engine,
    open(options) {
      if (method === 'open') failing();
      const inner = engine.open(options);
      const stream: EngineStream = {
        get silenceMs() {
          return inner.silenceMs;
        },
        async write(pcm) {
          if (method === 'write') failing();
          await inner.write(pcm);
        },
        async end() {
          if (method === 'end') failing();
          await inner.end();
        },
        destroy: () => inner.destroy(),
      };
      return stream;
    },
  };
}

describe.each([
  ['transcribe', transcribeWith],
  ['recognize', recognizeWith],
])('%s', (_name, recognizeBy) => {
  it('fails at once with E_STATE for a local engine that is closed', async () => {
    const engine = await openLocalEngine();
    await engine.close();
    const { error, reconnects } = await recognizeBy(engine);
    expect(error).toBeInstanceOf(FunAsrError);
    expect(error).toMatchObject({
      code: 'E_STATE',
      message: 'The local engine was closed',
      hint: expect.stringContaining('open another one'),
      requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
      retryable: false,
    });
    expect(reconnects).toEqual([]);
  });

  it('fails at once with E_STATE for a backend that is closed', async () => {
    const backend = await chooseBackend({ engine: countingEngine() });
    await backend.close();
    const { error, reconnects } = await recognizeBy(backend);
    expect(error).toMatchObject({
      code: 'E_STATE',
      message: 'the backend was closed',
      cause: { code: 'E_CONNECT' },
    });
    expect(reconnects).toEqual([]);
  });

  it.each(['open', 'write', 'end'] as const)(
    'fails at once with E_ENGINE when the engine throws in %s()',
    async (method) => {
      const cause = new TypeError('the tensor has no shape');
      const { error, reconnects } = await recognizeBy(failingEngine(method, cause));
      expect(error).toMatchObject({
        code: 'E_ENGINE',
        message: 'the engine counting failed: the tensor has no shape',
        retryable: false,
        cause,
      });
      expect(reconnects).toEqual([]);
    },
  );

  it('keeps code, message and hint of a FunAsrError of the engine', async () => {
    const thrown = new FunAsrError('E_MODEL_MISSING', 'no voice detector', { hint: 'Pull the model.' });
    const { error } = await recognizeBy(failingEngine('write', thrown));
    expect(error).toMatchObject({
      code: 'E_MODEL_MISSING',
      message: 'no voice detector',
      hint: 'Pull the model.',
    });
  });

  it('retries when the error of the engine is retryable', async () => {
    const thrown = new FunAsrError('E_ENGINE', 'its process ended', { retryable: true });
    const { error, reconnects, texts } = await recognizeBy(failingEngine('write', thrown, 1));
    expect(error).toBeUndefined();
    expect(reconnects).toMatchObject([{ reason: { code: 'E_ENGINE', message: 'its process ended' } }]);
    expect(texts).toContain('Second 1.');
  });
});

it('an engine that fails in one recognition does not disturb another', async () => {
  const [failed, other] = await Promise.all([
    recognizeWith(failingEngine('end', new Error('out of memory'))),
    recognizeWith(countingEngine()),
  ]);
  expect(failed.error).toMatchObject({ code: 'E_ENGINE' });
  expect(other).toMatchObject({ error: undefined, texts: expect.arrayContaining(['Second 3.']) });
});
