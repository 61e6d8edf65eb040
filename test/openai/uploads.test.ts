import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { toFile } from 'openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { receiveUpload } from '../../lib/openai/receive-upload.ts';
import { countingEngine } from '../support/counting-engine.ts';
import { children, openDoor, type RunningDoor, toneWav } from './door.ts';

const model = 'whisper-1';

/** Opens a connection and sends the head of an upload and a part of its file. */
async function beginUpload(
  { service }: { readonly service: Pick<RunningDoor['service'], 'port'> },
  part: Buffer,
  length = 1_000_000,
): Promise<Socket> {
  const socket = connect(service.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(
    `POST /v1/audio/transcriptions HTTP/1.1\r\nhost: 127.0.0.1:${service.port}\r\ncontent-length: ${length}\r\nconnection: close\r\n` +
      'content-type: multipart/form-data; boundary=b\r\n\r\n' +
      '--b\r\ncontent-disposition: form-data; name="file"; filename="tone.wav"\r\n\r\n',
  );
  socket.write(part);
  await once(socket, 'connect');
  return socket;
}

/** How many copies are complete: further ones wait for the recogniser. */
async function copies({ temporary, leftovers }: RunningDoor): Promise<number> {
  const sizes = (await leftovers()).map(async (folder) => {
    const copy = await stat(join(temporary, folder, 'upload')).catch(() => undefined);
    return copy?.size === toneWav(1).length;
  });
  return (await Promise.all(sizes)).filter(Boolean).length;
}

/** All that a connection receives until it is closed. */
async function received(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    // The service reads the rest of a refused upload until the client ends it.
    if (text.startsWith('HTTP/1.1 4')) socket.end();
  }
  return text;
}

describe('uploads', () => {
  it('may have their fields after the file', async () => {
    const { origin } = await openDoor();
    const data = new FormData();
    data.append('file', new File([toneWav(3)], 'tone.wav'));
    data.append('response_format', 'text');
    data.append('model', model);
    const response = await fetch(`${origin}/v1/audio/transcriptions`, { method: 'POST', body: data });
    expect(await response.text()).toBe('Second 1. Second 2. Second 3.\n');
  });

  it('are copied to a file that only this user can read, and that is removed', async () => {
    const door = await openDoor();
    const socket = await beginUpload(door, toneWav(2));
    const copy = async (): Promise<string> => {
      const [folder = '-'] = await door.leftovers();
      const [file = '-'] = await readdir(join(door.temporary, folder)).catch(() => []);
      return join(door.temporary, folder, file);
    };
    await expect.poll(copy).toMatch(/upload$/);
    const path = await copy();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
    socket.destroy();
    await expect.poll(() => door.leftovers()).toEqual([]);
  });

  it('of twenty clients at a time are all recognised', async () => {
    const { client, leftovers } = await openDoor();
    const calls = Array.from({ length: 20 }, async (_, n) => {
      const file = await toFile(toneWav(n + 1), `tone-${n}.wav`);
      return (await client.audio.transcriptions.create({ file, model })).text;
    });
    const texts = await Promise.all(calls);
    for (const [n, text] of texts.entries()) {
      expect(text.split('. ')).toHaveLength(n + 1);
      expect(text).toMatch(new RegExp(`Second ${n + 1}\\.$`));
    }
    expect(await leftovers()).toEqual([]);
    expect(children()).toBe(0);
  });

  it('above the limit are refused with 429, and accepted afterwards', async () => {
    const door = await openDoor({ maxUploads: 1 });
    const first = await beginUpload(door, toneWav(1));
    await expect.poll(() => door.leftovers()).toHaveLength(1);
    const file = () => toFile(toneWav(2), 'tone.wav');
    const call = async () => await door.client.audio.transcriptions.create({ file: await file(), model });
    await expect(call()).rejects.toMatchObject({
      status: 429,
      code: 'too_many_uploads',
      type: 'rate_limit_error',
    });
    first.destroy();
    await expect.poll(() => door.leftovers()).toEqual([]);
    expect((await call()).text).toBe('Second 1. Second 2.');
  });

  it('wait for those before them when the recogniser is busy', async () => {
    let release = (): void => {};
    const ended = new Promise<void>((resolve) => {
      release = resolve;
    });
    const door = await openDoor({ concurrency: 1 }, { engine: countingEngine({ ended }) });
    const call = async (name: string) => {
      const file = await toFile(toneWav(1), name);
      return await door.client.audio.transcriptions.create({ file, model });
    };
    const calls = [call('a.wav'), call('b.wav'), call('c.wav')];
    await expect.poll(() => door.leftovers()).toHaveLength(3);
    await expect.poll(children).toBeLessThan(2);
    release();
    expect((await Promise.all(calls)).map(({ text }) => text)).toEqual(Array(3).fill('Second 1.'));
  });

  it('without data for too long are ended with 408', async () => {
    const door = await openDoor({ idleMs: 200 });
    const answer = await received(await beginUpload(door, toneWav(1)));
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"upload_too_slow"');
    expect(answer).toContain('no data arrived for 0.2 s');
    expect(await door.leftovers()).toEqual([]);
  });

  it('that take too long as a whole are ended with 408, also when data arrives', async () => {
    const door = await openDoor({ uploadMs: 500 });
    const socket = await beginUpload(door, toneWav(1));
    const timer = setInterval(() => socket.writable && socket.write('.'), 50);
    onTestFinished(() => clearInterval(timer));
    expect(await received(socket)).toMatch(/^HTTP\/1\.1 408 .*was not complete after 0\.5 s/s);
    expect(await door.leftovers()).toEqual([]);
  });

  it('may take longer than other requests of the service', async () => {
    const door = await openDoor({}, { timers: { requestMs: 100 } });
    const wav = toneWav(2);
    const end = Buffer.from('\r\n--b--\r\n');
    const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="tone.wav"\r\n\r\n';
    const socket = await beginUpload(door, wav.subarray(0, 1000), head.length + wav.length + end.length);
    await delay(500);
    socket.write(Buffer.concat([wav.subarray(1000), end]));
    expect(await received(socket)).toMatch(/^HTTP\/1\.1 200 .*Second 1\. Second 2\./s);
  });

  it('that the client aborts while they are sent leave nothing', async () => {
    const door = await openDoor();
    const socket = await beginUpload(door, toneWav(2));
    await expect.poll(() => door.leftovers()).toHaveLength(1);
    socket.resetAndDestroy();
    await expect.poll(() => door.leftovers()).toEqual([]);
  });

  it.each([false, true])(
    'that the client aborts while they are recognised leave nothing (stream: %s)',
    async (stream) => {
      // A second of audio takes a second: the recognition is in progress when the client goes away.
      const errors: unknown[] = [];
      const door = await openDoor(
        { onError: (error) => errors.push(error) },
        { engine: countingEngine({ msPerSecond: 1000 }) },
      );
      const file = await toFile(toneWav(120), 'tone.wav');
      const controller = new AbortController();
      const call = door.client.audio.transcriptions.create(
        { file, model, stream },
        { signal: controller.signal },
      );
      const outcome = call.catch((error: unknown) => error);
      await expect.poll(children).toBe(1);
      controller.abort();
      await outcome;
      await expect.poll(() => door.leftovers()).toEqual([]);
      await expect.poll(children).toBe(0);
      expect(errors).toEqual([]);
    },
  );

  it('that the client aborts while they wait for the recogniser leave nothing', async () => {
    let release = (): void => {};
    const ended = new Promise<void>((resolve) => {
      release = resolve;
    });
    const door = await openDoor({ concurrency: 1, maxUploads: 2 }, { engine: countingEngine({ ended }) });
    const call = async (signal?: AbortSignal) => {
      const file = await toFile(toneWav(1), 'tone.wav');
      return await door.client.audio.transcriptions.create({ file, model }, { signal });
    };
    const first = call();
    await expect.poll(() => door.leftovers()).toHaveLength(1);
    const controller = new AbortController();
    const second = call(controller.signal).catch((error: unknown) => error);
    await expect.poll(() => copies(door)).toBe(2);
    controller.abort();
    await second;
    await expect.poll(() => door.leftovers()).toHaveLength(1);
    // Its place is free, too.
    const third = call();
    await expect.poll(() => door.leftovers()).toHaveLength(2);
    release();
    expect((await Promise.all([first, third])).map(({ text }) => text)).toEqual(['Second 1.', 'Second 1.']);
  });

  it('whose client has gone before they are received end at once', async () => {
    const server = createServer();
    onTestFinished(() => void server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const arrival = once(server, 'request');
    const socket = await beginUpload({ service: { port } }, Buffer.from('RIFF'));
    const [request] = (await arrival) as [IncomingMessage];
    socket.destroy();
    await expect.poll(() => request.destroyed).toBe(true);
    const limits = { maxBytes: 1_000_000, idleMs: 600_000, totalMs: 600_000 };
    await expect(receiveUpload(request, 'unused', limits)).rejects.toMatchObject({ status: 499 });
  });

  it('leave nothing when the service is closed while they are recognised', async () => {
    const door = await openDoor({}, { engine: countingEngine({ msPerSecond: 1000 }) });
    const file = await toFile(toneWav(120), 'tone.wav');
    const call = door.client.audio.transcriptions.create({ file, model }).catch((error: unknown) => error);
    await expect.poll(children).toBe(1);
    await door.service.close();
    expect(await door.leftovers()).toEqual([]);
    expect(children()).toBe(0);
    expect(await call).toBeInstanceOf(Error);
  });

  it('that are cut off keep the text before the cut, with a warning', async () => {
    const door = await openDoor();
    const wav = toneWav(10).subarray(0, 200_000);
    const file = await toFile(wav, 'cut.wav');
    const { data, response } = await door.client.audio.transcriptions.create({ file, model }).withResponse();
    expect(data.text).toContain('Second 6.');
    expect(data).toMatchObject({
      warnings: [{ code: 'W_TRUNCATED', message: expect.stringMatching(/^cut\.wav: /) }],
    });
    expect(response.headers.get('x-fun-asr-warnings')).toBe('W_TRUNCATED');
  });
});
