import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Duplex, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  capture,
  convert,
  decode,
  decodeFile,
  decodeOpus,
  frame,
  FunAsrError,
  jsonl,
  pace,
  recognize,
  record,
  resample,
  type Sentence,
  sentenceEnd,
  srt,
  type StageOptions,
} from 'fun-asr-streams';
import { randomScript, selfDescribingAudio, startTestService } from 'fun-asr-streams/testing';
import { describe, expect, it } from 'vitest';

const inFixtures = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const RECORDING = inFixtures('leisure.wav');

/** A service that no test below connects to. */
const baseUrl = 'ws://127.0.0.1:9/api-ws/v1/inference';

/** Each stage that gives audio or sentences, and bytes that it accepts. `sentence-stages.test.ts` has the others. */
const STAGES: Readonly<Record<string, (options?: StageOptions) => Readable>> = {
  capture: (options) => capture({ driver: 'lavfi', device: 'anullsrc', ...options }),
  convert: (options) => convert({ to: 'wav', ...options }),
  decode,
  decodeOpus,
  decodeFile: (options) => decodeFile(RECORDING, options),
  frame,
  pace: (options) => pace({ rate: 1000, ...options }),
  recognize: (options) => recognize({ baseUrl, ...options }),
  record: (options) => record(join(tmpdir(), `${randomUUID()}.wav`), options),
  resample: (options) => resample({ from: { sampleRate: 48_000, channels: 1, format: 's16le' }, ...options }),
};

describe.each(Object.entries(STAGES))('%s()', (name, make) => {
  it('refuses an option that does not exist, and names it', () => {
    const options: object = { speed: 2 };
    expect(() => make(options)).toThrow(
      expect.objectContaining({
        name: 'FunAsrError',
        code: 'E_OPTION',
        message: `${name}: there is no option speed`,
      }),
    );
  });

  it('is destroyed with an AbortError when its signal aborts', async () => {
    const controller = new AbortController();
    const stage = make({ signal: controller.signal });
    const failed = once(stage, 'error');
    controller.abort();
    await expect(failed).resolves.toMatchObject([{ name: 'AbortError' }]);
    expect(stage.destroyed).toBe(true);
  });

  it('is destroyed with an AbortError when its signal is aborted already', async () => {
    const stage = make({ signal: AbortSignal.abort() });
    await expect(once(stage, 'close')).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('closes without an error when it is destroyed', async () => {
    const stage = make();
    stage.on('error', (error) => expect.unreachable(error.message));
    const closed = once(stage, 'close');
    stage.destroy();
    await closed;
    expect(stage.destroyed).toBe(true);
  });
});

describe('a pipeline of all stages', () => {
  const script = randomScript(7, { durationMs: 20_000 });

  it('writes the same sentences whatever the chunks of its input are', async () => {
    await using service = await startTestService({ script });
    const results: string[] = [];
    for (const highWaterMark of [1, 7000, 1_000_000]) {
      const chunks = selfDescribingAudio(script).map((chunk: Buffer) => chunk);
      const rechunked = Readable.from(cut(chunks, highWaterMark));
      let text = '';
      await pipeline(
        rechunked,
        frame(),
        recognize({ baseUrl: service.url }),
        sentenceEnd(),
        jsonl(),
        async (lines) => {
          for await (const line of lines) text += line.toString();
        },
      );
      results.push(text.replaceAll(/"request_id":"[^"]*"/g, ''));
    }
    expect(results[0]?.trim().split('\n')).toHaveLength(script.sentences.length);
    expect(new Set(results).size).toBe(1);
  });

  it('reports an interruption as events, and loses nothing', async () => {
    await using service = await startTestService({ script, faults: 'drop@5s, invalid-message@8s, fail@12s' });
    const recognizer = recognize({ baseUrl: service.url, retryDelayMs: 1 });
    const events: string[] = [];
    recognizer
      .on('open', (taskId) => events.push(`open ${typeof taskId}`))
      .on('reconnect', ({ attempt, reason }) => events.push(`reconnect ${attempt} ${reason.code}`))
      .on('gap', () => events.push('gap'))
      .on('warning', ({ code }) => events.push(`warning ${code}`))
      .on('metrics', ({ tasks }) => events.push(`metrics ${tasks}`));
    const finals: Sentence[] = [];
    await pipeline(selfDescribingAudio(script), frame(), recognizer, sentenceEnd(), async (sentences) => {
      for await (const sentence of sentences) finals.push(sentence);
    });
    expect(finals.map(({ sentence_id }) => sentence_id)).toEqual(
      script.sentences.map((_, index) => index + 1),
    );
    expect(events).toEqual([
      'open string',
      'reconnect 1 E_CONNECTION_LOST',
      'warning W_MESSAGE',
      'reconnect 1 E_SERVER',
      'metrics 3',
    ]);
  });

  it('fails with the error of the stage that failed, and destroys the others', async () => {
    const stages = [decode(), frame(), recognize({ baseUrl }), srt()];
    const run = pipeline([Readable.from([Buffer.from('this is not audio')]), ...stages, sink()]);
    const error: unknown = await run.catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(FunAsrError);
    expect(error).toMatchObject({ code: 'E_BAD_MEDIA', retryable: false });
    expect(stages.map(({ destroyed }) => destroyed)).toEqual([true, true, true, true]);
  });

  it('fails with a code and a hint when the service cannot be reached', async () => {
    const run = pipeline(
      createReadStream(RECORDING),
      decode(),
      frame(),
      recognize({ baseUrl, maxRetries: 0 }),
      srt(),
      sink(),
    );
    await expect(run).rejects.toMatchObject({
      name: 'FunAsrError',
      code: 'E_CONNECT',
      retryable: true,
      hint: expect.stringMatching(/./),
    });
  });

  it('ends with an AbortError when one signal of all stages aborts', async () => {
    await using service = await startTestService({ script });
    const controller = new AbortController();
    const { signal } = controller;
    const run = pipeline(
      selfDescribingAudio(script),
      frame({ signal }),
      pace({ signal }),
      recognize({ baseUrl: service.url, signal }).once('open', () => controller.abort()),
      srt({ signal }),
      sink(),
    );
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('slows its source down when nothing reads its output', async () => {
    const long = randomScript(3, { durationMs: 3_600_000 });
    await using service = await startTestService({ script: long });
    const given: number[] = [];
    const audio = selfDescribingAudio(long).on('data', (chunk: Buffer) => given.push(chunk.length));
    audio.pause();
    const stage: Duplex = audio.pipe(frame()).pipe(recognize({ baseUrl: service.url }));
    // Nothing reads the sentences: the buffers fill up one after another, until the source stays paused.
    for (let before = -1; before !== given.length || before === 0; ) {
      before = given.length;
      await setTimeout(500);
    }
    expect(given.reduce((sum, length) => sum + length, 0)).toBeLessThan(600 * 32_000);
    stage.destroy();
    audio.destroy();
  });
});

it('convert() emits the bytes of a file that is read with back pressure', async () => {
  const bytes = await readFile(RECORDING);
  const written: Buffer[] = [];
  await pipeline(
    createReadStream(RECORDING, { highWaterMark: 100 }),
    convert({ to: 'pcm' }),
    new Writable({
      highWaterMark: 1,
      write(chunk: Buffer, _encoding, callback) {
        written.push(chunk);
        setImmediate(callback);
      },
    }),
  );
  expect(Buffer.concat(written).equals(bytes.subarray(44))).toBe(true);
});

async function* cut(chunks: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  if (size === 1) {
    // Odd sizes: samples are cut in two.
    for await (const chunk of chunks)
      for (let at = 0; at < chunk.length; at += 333) yield chunk.subarray(at, at + 333);
    return;
  }
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  const whole = Buffer.concat(all);
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

function sink(): Writable {
  return new Writable({ write: (_chunk, _encoding, callback) => callback() });
}
