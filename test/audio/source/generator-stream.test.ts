import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import {
  duplexFrom,
  readableFrom,
  type GeneratorContext,
} from '../../../lib/audio/source/generator-stream.ts';
import { FunAsrError } from '../../../lib/core/errors.ts';

async function* upperCase(
  input: AsyncIterator<Buffer, undefined>,
  { signal }: GeneratorContext,
): AsyncGenerator<Buffer, void, void> {
  for (let next = await input.next(); next.value && !signal.aborted; next = await input.next())
    yield Buffer.from(String(next.value).toUpperCase());
}

test('generates no more than the buffer of a Readable holds', async () => {
  let made = 0;
  const stream = readableFrom(async function* () {
    for (; made < 100; made += 1) yield Buffer.alloc(10_000);
  });
  stream.read(0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(made).toBeLessThanOrEqual(Math.ceil(stream.readableHighWaterMark / 10_000) + 1);
  expect(await buffer(stream)).toHaveLength(1_000_000);
});

test('generates what is read from what is written', async () => {
  const stream = Readable.from(['ab', 'cd', 'ef']).pipe(duplexFrom(upperCase));
  expect(String(await buffer(stream))).toBe('ABCDEF');
});

test('completes a write when the generator reads the chunk', async () => {
  let take: () => void = () => {};
  const taken = new Promise<void>((resolve) => (take = resolve));
  const stream = duplexFrom(async function* (input) {
    await taken;
    for (let next = await input.next(); next.value; next = await input.next()) yield next.value;
  });
  stream.resume();
  let isWritten = false;
  const written = new Promise<void>((resolve) =>
    stream.write('ab', () => {
      isWritten = true;
      resolve();
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isWritten).toBe(false);
  take();
  await written;
  expect(isWritten).toBe(true);
  stream.end();
});

test('does not block the writer after the end of the generator', async () => {
  const stage = duplexFrom(async function* (input) {
    const { value } = await input.next();
    if (value) yield value;
  });
  let given = '';
  const chunks = Array.from({ length: 50 }, (_, index) => `${index} `.repeat(1000));
  await pipeline(Readable.from(chunks), stage, async (output) => {
    for await (const chunk of output) given += String(chunk);
  });
  expect(given).toBe(chunks[0]);
});

test('fails with the error of the generator', async () => {
  const stream = readableFrom(async function* () {
    yield Buffer.from('ab');
    throw new FunAsrError('E_BAD_MEDIA', 'broken');
  });
  await expect(buffer(stream)).rejects.toMatchObject({ code: 'E_BAD_MEDIA' });
});

test('emits the chunks that were generated before an error, then the error', async () => {
  const failing = async function* (): AsyncGenerator<Buffer, void, void> {
    for (let made = 0; made < 10; made += 1) yield Buffer.alloc(1000);
    throw new FunAsrError('E_DURATION_LIMIT', 'too long');
  };
  for (const stream of [readableFrom(failing), duplexFrom(failing)]) {
    stream.read(0);
    await new Promise((resolve) => setTimeout(resolve, 10));
    let bytes = 0;
    const reading = (async () => {
      for await (const chunk of stream) bytes += (chunk as Buffer).length;
    })();
    await expect(reading).rejects.toMatchObject({ code: 'E_DURATION_LIMIT' });
    expect(bytes).toBe(10_000);
  }
});

test('aborts the generator when it is destroyed, and waits until it has cleaned up', async () => {
  let isClean = false;
  const stream = readableFrom(async function* ({ signal }) {
    try {
      yield Buffer.from('ab');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 20));
      isClean = true;
    }
  });
  stream.resume();
  await new Promise((resolve) => stream.once('data', resolve));
  stream.destroy();
  await new Promise((resolve) => stream.once('close', resolve));
  expect(isClean).toBe(true);
});

test('fails with an AbortError while a Duplex waits for its writer', async () => {
  const abort = new AbortController();
  const stream = duplexFrom(upperCase, abort.signal);
  const all = buffer(stream);
  abort.abort();
  await expect(all).rejects.toMatchObject({ name: 'AbortError' });
});

test('emits warnings before the end', async () => {
  const order: string[] = [];
  const stream = readableFrom(async function* ({ warn }) {
    yield Buffer.from('ab');
    warn(new FunAsrError('W_TRUNCATED', 'short'));
  });
  stream.on('warning', (warning: FunAsrError) => order.push(warning.code)).on('end', () => order.push('end'));
  await buffer(stream);
  expect(order).toEqual(['W_TRUNCATED', 'end']);
});

test('fails without starting the generator when the signal is aborted already', async () => {
  let started = false;
  const source = async function* (): AsyncGenerator<Buffer, void, void> {
    started = true;
    yield Buffer.from('ab');
  };
  const signal = AbortSignal.abort();
  for (const make of [readableFrom, duplexFrom])
    await expect(buffer(make(source, signal))).rejects.toMatchObject({ name: 'AbortError' });
  expect(started).toBe(false);
});
