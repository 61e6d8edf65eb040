import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTemporaryKey } from '../../lib/account/temporary-key.ts';
import { chooseEngine } from '../../lib/engines/engine.ts';
import type { FunAsrError } from '../../lib/core/errors.ts';
import { Recognition } from '../../lib/recognition/recognition.ts';
import { recognize } from '../../lib/recognition/recognize.ts';
import { transcribe } from '../../lib/transcribe.ts';
import { CANARY, leaks } from '../support/canary.ts';
import { respond, type ServiceScript, startScriptedService } from '../support/scripted-service.ts';

/** All that a log could show of something. */
function shown(value: unknown): string {
  const whole = inspect(value, {
    depth: Infinity,
    showHidden: true,
    maxArrayLength: null,
    maxStringLength: null,
  });
  const stack = value instanceof Error ? (value.stack ?? '') : '';
  return [String(value), whole, stack, JSON.stringify(value, withoutCircles()) ?? ''].join('\n');
}

function withoutCircles(): (key: string, value: unknown) => unknown {
  const seen = new Set<unknown>();
  return (_, value) => {
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return 'again';
    seen.add(value);
    return value;
  };
}

async function serviceWith(script: ServiceScript): Promise<{ baseUrl: string; apiKey: string }> {
  const service = await startScriptedService(script);
  onTestFinished(() => service.close());
  return { baseUrl: service.url, apiKey: CANARY };
}

const keyOf = ({ headers }: IncomingMessage): string => headers.authorization ?? 'none';
const body = (request: IncomingMessage, code = 'InvalidParameter') =>
  JSON.stringify({ code, message: `Wrong: ${keyOf(request)}`, request_id: 'r-1' });

/** Services that show the key to whoever asks, each in its own way, and have not got it if it is not shown here. */
const INDISCREET: Readonly<Record<string, ServiceScript>> = {
  'in the body of a 401': {
    upgrade: (request, socket) => respond(401, body(request, 'InvalidApiKey'))(request, socket),
  },
  'in the body of a 400': { upgrade: (request, socket) => respond(400, body(request))(request, socket) },
  'in the target of a redirect': {
    upgrade: (request, socket) =>
      respond(302, '', { location: `http://127.0.0.1:1/?api_key=${keyOf(request)}` })(request, socket),
  },
  'in a body that is no JSON': {
    upgrade: (request, socket) => respond(403, `<html>${keyOf(request)}`)(request, socket),
  },
  'in the body of a 503': { upgrade: (request, socket) => respond(503, body(request))(request, socket) },
  'in an answer that is no HTTP': {
    upgrade(request, socket) {
      socket.end(`${keyOf(request)} HTTP/1.1 400\r\n\r\n`);
      return true;
    },
  },
  'in its reason for a failed task': {
    client: async (client) => {
      await client.startTask();
      client.fail('InvalidParameter', `Wrong key: ${keyOf(client.request)}`);
    },
  },
  'in the code of a failed task': {
    client: async (client) => {
      await client.startTask();
      client.fail(keyOf(client.request), 'Wrong key');
    },
  },
  'in its reason for closing': {
    client: async (client) => {
      await client.startTask();
      client.socket.close(1008, keyOf(client.request));
    },
  },
  'in what is no message': {
    client: async (client) => {
      await client.startTask();
      client.send(`{"header": ${keyOf(client.request)}`);
      client.send(
        JSON.stringify({ header: { task_id: client.taskId, event: keyOf(client.request) }, payload: {} }),
      );
      client.fail('InvalidParameter', 'no');
    },
  },
};

describe('the key is not shown by a failure, of a service that shows it', () => {
  it.each(Object.entries(INDISCREET))('%s', async (_, script) => {
    const seen: string[] = [];
    const warnings: unknown[] = [];
    const endpoint = await serviceWith({
      ...script,
      upgrade(request, socket) {
        seen.push(keyOf(request));
        return script.upgrade?.(request, socket) ?? false;
      },
    });
    const stage = recognize({ ...endpoint, maxRetries: 0 });
    stage.on('warning', (warning) => warnings.push(warning));
    const error: unknown = await pipeline(Readable.from([Buffer.alloc(3200)]), stage.resume()).catch(
      (failure: unknown) => failure,
    );
    expect(seen).toEqual([`Bearer ${CANARY}`]);
    expect(error).toMatchObject({ name: 'FunAsrError' });
    expect(leaks([error, ...warnings, stage].map(shown).join('\n'))).toEqual([]);
  });
});

describe('the key is not shown by', () => {
  it('a stage, before its task and while it runs', async () => {
    const endpoint = await serviceWith({ client: (client) => client.startTask() });
    const stage = recognize(endpoint);
    const before = shown(stage);
    stage.write(Buffer.alloc(3200));
    await EventEmitter.once(stage, 'open');
    expect(leaks(before + shown(stage))).toEqual([]);
    stage.destroy();
  });

  it('a Recognition, before, during and after its task', async () => {
    const endpoint = await serviceWith({
      client: async (client) => {
        await client.startTask();
        await client.finishTask();
      },
    });
    const recognition = new Recognition(endpoint);
    const states = [shown(recognition)];
    await recognition.start();
    states.push(shown(recognition));
    await recognition.sendAudioFrame(Buffer.alloc(3200));
    await recognition.stop();
    states.push(shown(recognition), shown(recognition.getResponse()));
    expect(leaks(states.join('\n'))).toEqual([]);
  });

  it('an engine that was chosen, with a key of its own or of the environment', async () => {
    const given = await chooseEngine({ apiKey: CANARY });
    vi.stubEnv('DASHSCOPE_API_KEY', CANARY);
    const found = await chooseEngine();
    vi.unstubAllEnvs();
    expect(leaks(shown(given) + shown(found))).toEqual([]);
  });

  it('a transcription', async () => {
    const sentences = transcribe('fixtures/himself.ogg', { apiKey: CANARY, model: 'fun-asr-realtime' });
    expect(leaks(shown(sentences))).toEqual([]);
    await sentences[Symbol.asyncIterator]().return?.(undefined);
  });

  it('options that are refused', async () => {
    const refusals: unknown[] = [];
    const refused = (call: () => unknown) => {
      try {
        refusals.push(call());
      } catch (error) {
        refusals.push(error);
      }
    };
    const wrong = (options: object) => recognize(options);
    refused(() => wrong({ apiKey: [CANARY] }));
    refused(() => wrong({ apiKey: Buffer.from(CANARY) }));
    refused(() => wrong({ apiKey: `${CANARY} ключ` }));
    refused(() => wrong({ region: CANARY }));
    refused(() => wrong({ baseUrl: CANARY, apiKey: CANARY }));
    refused(() => wrong({ baseUrl: `wss://user:${CANARY}@example.com/?api_key=${CANARY}` }));
    refused(() => wrong({ api_key: CANARY }));
    refused(() => wrong({ [CANARY]: 1 }));
    refusals.push(
      await createTemporaryKey({ httpBaseUrl: `https://example.com/?key=${CANARY}` }).catch(String),
    );
    expect(refusals.map((refusal) => (refusal as FunAsrError).code ?? refusal)).not.toContain(undefined);
    expect(leaks(refusals.map(shown).join('\n'))).toEqual([]);
  });
});
