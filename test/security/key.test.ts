import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTemporaryKey } from '../../lib/account/temporary-key.ts';
import { chooseBackend } from '../../lib/engines/choose-backend.ts';
import type { FunAsrError } from '../../lib/core/errors.ts';
import { Recognition } from '../../lib/recognition/recognition.ts';
import { recognize } from '../../lib/recognize.ts';
import { transcribe } from '../../lib/transcribe.ts';
import { CANARY, leaks } from '../support/canary.ts';
import { respond, type ServiceScript, startScriptedService } from '../support/scripted-service.ts';

/** Returns everything that a log could show of a value. */
function inspectAll(value: unknown): string {
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
    if (seen.has(value)) return 'circular';
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

/** Services that send the key back, each in another place. */
const ECHOING_SERVICES: Readonly<Record<string, ServiceScript>> = {
  'in the body of a 401': {
    upgrade: (request, socket) => respond(401, body(request, 'InvalidApiKey'))(request, socket),
  },
  'in the body of a 400': { upgrade: (request, socket) => respond(400, body(request))(request, socket) },
  'in the target of a redirect': {
    upgrade: (request, socket) =>
      respond(302, '', { location: `http://127.0.0.1:1/?api_key=${keyOf(request)}` })(request, socket),
  },
  'in a body that is not JSON': {
    upgrade: (request, socket) => respond(403, `<html>${keyOf(request)}`)(request, socket),
  },
  'in the body of a 503': { upgrade: (request, socket) => respond(503, body(request))(request, socket) },
  'in an answer that is not HTTP': {
    upgrade(request, socket) {
      socket.end(`${keyOf(request)} HTTP/1.1 400\r\n\r\n`);
      return true;
    },
  },
  'in the message of a failed task': {
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
  'in the close reason': {
    client: async (client) => {
      await client.startTask();
      client.socket.close(1008, keyOf(client.request));
    },
  },
  'in an invalid message': {
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

describe('an error does not contain a key that the service sends back', () => {
  it.each(Object.entries(ECHOING_SERVICES))('%s', async (_, script) => {
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
    expect(leaks([error, ...warnings, stage].map(inspectAll).join('\n'))).toEqual([]);
  });
});

describe('the key is not visible in', () => {
  it('a stage before and during its task', async () => {
    const endpoint = await serviceWith({ client: (client) => client.startTask() });
    const stage = recognize(endpoint);
    const before = inspectAll(stage);
    stage.write(Buffer.alloc(3200));
    await EventEmitter.once(stage, 'open');
    expect(leaks(before + inspectAll(stage))).toEqual([]);
    stage.destroy();
  });

  it('a Recognition before, during and after its task', async () => {
    const endpoint = await serviceWith({
      client: async (client) => {
        await client.startTask();
        await client.finishTask();
      },
    });
    const recognition = new Recognition(endpoint);
    const states = [inspectAll(recognition)];
    await recognition.start();
    states.push(inspectAll(recognition));
    await recognition.sendAudioFrame(Buffer.alloc(3200));
    await recognition.stop();
    states.push(inspectAll(recognition), inspectAll(recognition.getResponse()));
    expect(leaks(states.join('\n'))).toEqual([]);
  });

  it('a chosen engine with a key from an option or from the environment', async () => {
    const given = await chooseBackend({ apiKey: CANARY });
    vi.stubEnv('DASHSCOPE_API_KEY', CANARY);
    const found = await chooseBackend();
    vi.unstubAllEnvs();
    expect(leaks(inspectAll(given) + inspectAll(found))).toEqual([]);
  });

  it('a transcription', async () => {
    const sentences = transcribe('fixtures/himself.ogg', { apiKey: CANARY, model: 'fun-asr-realtime' });
    expect(leaks(inspectAll(sentences))).toEqual([]);
    await sentences[Symbol.asyncIterator]().return?.(undefined);
  });

  it('the errors for invalid options', async () => {
    const refusals: unknown[] = [];
    const refuse = (call: () => unknown) => {
      try {
        refusals.push(call());
      } catch (error) {
        refusals.push(error);
      }
    };
    const wrong = (options: object) => recognize(options);
    refuse(() => wrong({ apiKey: [CANARY] }));
    refuse(() => wrong({ apiKey: Buffer.from(CANARY) }));
    refuse(() => wrong({ apiKey: `${CANARY} ключ` }));
    refuse(() => wrong({ region: CANARY }));
    refuse(() => wrong({ baseUrl: CANARY, apiKey: CANARY }));
    refuse(() => wrong({ baseUrl: `wss://user:${CANARY}@example.com/?api_key=${CANARY}` }));
    refuse(() => wrong({ api_key: CANARY }));
    refuse(() => wrong({ [CANARY]: 1 }));
    refusals.push(
      await createTemporaryKey({ httpBaseUrl: `https://example.com/?key=${CANARY}` }).catch(String),
    );
    expect(refusals.map((refusal) => (refusal as FunAsrError).code ?? refusal)).not.toContain(undefined);
    expect(leaks(refusals.map(inspectAll).join('\n'))).toEqual([]);
  });
});
