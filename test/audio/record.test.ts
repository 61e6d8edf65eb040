import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeFile } from '../../lib/audio/decode-file.ts';
import { probe } from '../../lib/audio/probe.ts';
import { record } from '../../lib/audio/record.ts';
import { wavData, wavFormat } from '../../lib/media/containers/wav.ts';
import { RandomGenerator } from '../../lib/testing/random-generator.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HEADER_BYTES = 44;
const SECOND_BYTES = 32_000;
const PROGRAM = fileURLToPath(new URL('recording/endless-recording.mjs', import.meta.url));

/** Samples that count from 0. */
function counting(samples: number): Buffer {
  return Buffer.from(Uint16Array.from({ length: samples }, (_, index) => index).buffer);
}

async function emptyPath(): Promise<string> {
  return join(await temporaryFolder(), 'talk.wav');
}

/** Records chunks. @returns What the stage passed on. */
async function recorded(path: string, chunks: Iterable<Buffer>, options = {}): Promise<Buffer> {
  const passed: Buffer[] = [];
  await pipeline(Readable.from(chunks), record(path, options), async (pcm: AsyncIterable<Buffer>) => {
    for await (const chunk of pcm) passed.push(chunk);
  });
  return Buffer.concat(passed);
}

describe('record()', () => {
  it.each([1, 7, 3200, 100_000])(
    'passes the PCM on and writes it to a WAV file, in chunks of %i bytes',
    async (size) => {
      const path = await emptyPath();
      const pcm = counting(size === 1 ? 500 : 20_000);
      const chunks = Array.from({ length: Math.ceil(pcm.length / size) }, (_, index) =>
        pcm.subarray(index * size, (index + 1) * size),
      );
      expect((await recorded(path, chunks)).equals(pcm)).toBe(true);
      const file = await readFile(path);
      expect(wavFormat(file)).toMatchObject({ isPcm16: true, sampleRate: 16_000, channels: 1 });
      expect(wavData(file)).toEqual({ offset: HEADER_BYTES, bytes: pcm.length });
      expect(file.readUInt32LE(4)).toBe(file.length - 8);
      expect(file.subarray(HEADER_BYTES).equals(pcm)).toBe(true);
    },
  );

  it('writes the sample rate into the header, and drops half a sample at the end', async () => {
    const path = await emptyPath();
    await recorded(path, [Buffer.alloc(3), Buffer.alloc(4)], { sampleRate: 48_000 });
    const file = await readFile(path);
    expect(wavFormat(file)).toMatchObject({ sampleRate: 48_000 });
    expect([wavData(file)?.bytes, file.length]).toEqual([6, HEADER_BYTES + 6]);
  });

  it('writes a recording that FFmpeg reads with its exact length', async () => {
    const path = await emptyPath();
    const pcm = counting(24_000);
    await recorded(path, [pcm]);
    expect(await probe(path)).toMatchObject({ container: 'wav', durationMs: 1500 });
    expect(Buffer.concat(await decodeFile(path).toArray()).equals(pcm)).toBe(true);
  });

  it('refuses a file that exists, and leaves it as it is', async () => {
    const path = await emptyPath();
    await writeFile(path, 'notes');
    await expect(recorded(path, [Buffer.alloc(10)])).rejects.toMatchObject({
      code: 'E_EXISTS',
      message: expect.stringContaining(path),
      hint: expect.stringContaining('force'),
    });
    expect(await readFile(path, 'utf8')).toBe('notes');
  });

  it('replaces a file that exists with force', async () => {
    const path = await emptyPath();
    await writeFile(path, Buffer.alloc(100_000));
    await recorded(path, [Buffer.alloc(10)], { force: true });
    expect((await stat(path)).size).toBe(HEADER_BYTES + 10);
  });

  it('fails with E_DISK_FULL when the disk is full', async () => {
    await expect(recorded('/dev/full', [Buffer.alloc(10)], { force: true })).rejects.toMatchObject({
      code: 'E_DISK_FULL',
      message: '/dev/full: cannot be written: the disk is full',
    });
  });

  it('fails with E_WRITE when the folder does not exist', async () => {
    const path = join(await temporaryFolder(), 'missing', 'talk.wav');
    await expect(recorded(path, [Buffer.alloc(10)])).rejects.toMatchObject({ code: 'E_WRITE' });
  });

  it('completes the file when it is destroyed', async () => {
    const path = await emptyPath();
    const stage = record(path);
    stage.resume();
    stage.write(counting(700));
    await once(stage, 'data');
    stage.destroy();
    await once(stage, 'close');
    expect(wavData(await readFile(path))).toEqual({ offset: HEADER_BYTES, bytes: 1400 });
  });

  it('removes the file when it is destroyed without a sample', async () => {
    const path = await emptyPath();
    const failing = Readable.from(
      (function* () {
        yield* [];
        throw new Error('no microphone');
      })(),
    );
    const stage = record(path);
    const closed = new Promise((resolve) => stage.once('close', resolve));
    await expect(pipeline(failing, stage.resume())).rejects.toThrow('no microphone');
    await closed;
    expect(existsSync(path)).toBe(false);
  });

  it('refuses a path that is no text', () => {
    for (const path of ['', 5]) {
      expect(() => record(path as string)).toThrow(expect.objectContaining({ code: 'E_OPTION' }));
    }
  });

  const random = new RandomGenerator(9);
  const kills = Array.from({ length: 6 }, () => random.integer(1, 60));
  it.each(kills)('leaves a whole WAV file when the process is killed after frame %i', async (frames) => {
    const path = await emptyPath();
    const child = spawn(process.execPath, [PROGRAM, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let lines = 0;
    for await (const _line of createInterface({ input: child.stdout })) {
      lines += 1;
      if (lines === frames) child.kill('SIGKILL');
    }
    if (child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    const file = await readFile(path);
    const data = wavData(file)?.bytes ?? Number.NaN;
    expect(data).toBeGreaterThanOrEqual((frames - 10) * 3200 + 1);
    expect(file.length - HEADER_BYTES - data).toBeLessThanOrEqual(SECOND_BYTES);
    expect(file.length).toBeGreaterThanOrEqual(HEADER_BYTES + data);
    expect(file.subarray(HEADER_BYTES, HEADER_BYTES + data).equals(counting(data / 2))).toBe(true);
    if (data === 0) return;
    const decoded = Buffer.concat(await decodeFile(path).toArray());
    expect(decoded.subarray(0, data).equals(counting(data / 2))).toBe(true);
  });
});
