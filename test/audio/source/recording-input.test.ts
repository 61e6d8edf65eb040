import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { pathOrReadable, type RecordingInput } from '../../../lib/audio/source/recording-input.ts';
import { SPEECH } from '../samples.ts';

const read = async (input: RecordingInput): Promise<Buffer> => {
  const source = pathOrReadable('transcribe', input);
  return typeof source === 'string' ? readFile(source) : buffer(source);
};

test('emits the same bytes from a path, a Readable, a web stream, a Blob and the body of a Response', async () => {
  const speech = await readFile(SPEECH);
  const blob = new Blob([speech]);
  const inputs = [SPEECH, createReadStream(SPEECH), blob.stream(), blob, new Response(blob).body as never];
  for (const input of inputs) expect((await read(input)).equals(speech)).toBe(true);
});

test('fails with the error of a web stream', async () => {
  const failing = new ReadableStream<Uint8Array>({
    start: (controller) => controller.error(new Error('connection lost')),
  });
  await expect(read(failing)).rejects.toThrow('connection lost');
});

test('fails on a chunk of a web stream that is not bytes', async () => {
  const strings = new ReadableStream({ start: (controller) => controller.enqueue('text') });
  await expect(read(strings as never)).rejects.toThrow(/chunks must be bytes, got 'text'/);
});

test('cancels a web stream when the Readable is destroyed', async () => {
  let isCancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1000)),
    cancel: () => {
      isCancelled = true;
    },
  });
  const readable = pathOrReadable('transcribe', endless) as Readable;
  for await (const chunk of readable) {
    expect((chunk as Buffer).length).toBeGreaterThan(0);
    break;
  }
  expect(isCancelled).toBe(true);
});

test.each<[string, () => unknown]>([
  ['an empty path', () => ''],
  ['a number', () => 1],
  ['nothing', () => undefined],
  ['a destroyed stream', () => new Readable().destroy()],
  [
    'a locked web stream',
    () => {
      const stream = new Blob(['ab']).stream();
      stream.getReader();
      return stream;
    },
  ],
])('refuses %s', (_, input) => {
  expect(() => pathOrReadable('transcribe', input() as RecordingInput)).toThrow(
    expect.objectContaining({ code: 'E_OPTION', message: expect.stringMatching(/^transcribe: the input/) }),
  );
});
