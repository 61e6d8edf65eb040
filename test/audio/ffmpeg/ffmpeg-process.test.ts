import { expect, onTestFinished, test, vi } from 'vitest';
import {
  ffmpegEnvironment,
  FfmpegProcess,
  type FfmpegProcessOptions,
} from '../../../lib/audio/ffmpeg/ffmpeg-process.ts';
import { ENCODER } from '../samples.ts';

const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'level+error'];
const TONE = [...QUIET, '-f', 'lavfi', '-i', 'sine=duration=1:sample_rate=16000', '-f', 's16le', 'pipe:1'];
const ENDLESS = [...QUIET, '-f', 'lavfi', '-i', 'anullsrc=sample_rate=16000', '-f', 's16le', 'pipe:1'];
/** Runs endlessly and writes nothing. */
const MUTE = [...QUIET, '-f', 'lavfi', '-i', 'anullsrc', '-f', 'null', '-'];
const FROM_STDIN = [...QUIET, '-f', 's16le', '-ar', '16000', '-i', 'pipe:0', '-f', 's16le', 'pipe:1'];

function ffmpeg(args: string[], options?: FfmpegProcessOptions, path = ENCODER): FfmpegProcess {
  const child = new FfmpegProcess(path, args, options);
  onTestFinished(() => child.kill());
  return child;
}

function children(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
}

async function lengthOf(child: FfmpegProcess): Promise<number> {
  while (await child.read());
  return child.bytes;
}

test('returns all output, then undefined, and the exit of FFmpeg', async () => {
  const child = ffmpeg(TONE);
  expect(await lengthOf(child)).toBe(32_000);
  expect(child.exit).toEqual({ code: 0, signal: null });
  expect(child.log.errors).toEqual([]);
});

test('has all error messages when the output has ended', async () => {
  const child = ffmpeg([...QUIET, '-i', 'file:/nowhere.wav', '-f', 's16le', 'pipe:1']);
  expect(await lengthOf(child)).toBe(0);
  expect(child.exit?.code).toBe(1);
  expect(child.log.errors).toEqual(['file:/nowhere.wav: No such file or directory']);
});

test('fails when there is no output within the limit', async () => {
  const child = ffmpeg(MUTE, { limits: { firstByteMs: 200, nextByteMs: 60_000 } });
  await expect(child.read()).rejects.toMatchObject({
    code: 'E_DECODE_TIMEOUT',
    message: 'FFmpeg produced no audio for 0.2 s',
    retryable: true,
  });
});

test('fails when there is no more output within the limit', async () => {
  const feed = async (stdin: NodeJS.WritableStream): Promise<void> => void stdin.write(Buffer.alloc(64_000));
  const child = ffmpeg(FROM_STDIN, { feed, limits: { firstByteMs: 60_000, nextByteMs: 200 } });
  await expect(lengthOf(child)).rejects.toMatchObject({ code: 'E_DECODE_TIMEOUT' });
  expect(child.bytes).toBeGreaterThan(0);
});

test('does not fail while FFmpeg waits for its input', async () => {
  const late = async (stdin: NodeJS.WritableStream): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    isStarving = false;
    stdin.end(Buffer.alloc(3200));
  };
  let isStarving = true;
  const limits = { firstByteMs: 100, nextByteMs: 60_000 };
  // The limit is long enough for an FFmpeg that has its input, and much shorter than the input takes.
  const child = ffmpeg(FROM_STDIN, {
    feed: late,
    isStarving: () => isStarving,
    limits: { ...limits, firstByteMs: 300 },
  });
  expect(await lengthOf(child)).toBe(3200);
});

test('does not fail when the consumer is slow', async () => {
  const child = ffmpeg(ENDLESS, { limits: { firstByteMs: 5000, nextByteMs: 100 } });
  for (let reads = 0; reads < 3; reads += 1) {
    expect((await child.read())?.length).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
});

test('kills FFmpeg on an abort, and leaves no process after a kill', async () => {
  const abort = new AbortController();
  const aborted = ffmpeg(ENDLESS, { signal: abort.signal });
  await aborted.read();
  abort.abort();
  await expect(lengthOf(aborted)).rejects.toMatchObject({ name: 'AbortError' });
  const killed = ffmpeg(ENDLESS);
  await killed.read();
  await killed.kill();
  await vi.waitFor(() => expect(children()).toBe(0));
});

test('names a program that cannot be started', async () => {
  await expect(ffmpeg([], {}, '/nowhere/ffmpeg').read()).rejects.toMatchObject({
    code: 'E_FFMPEG_MISSING',
    message: '/nowhere/ffmpeg cannot be started: ENOENT',
    retryable: false,
  });
});

test('does not fail when FFmpeg stops reading its input', async () => {
  const feed = (stdin: NodeJS.WritableStream): Promise<void> =>
    new Promise((resolve) => {
      stdin.on('close', resolve);
      stdin.write(Buffer.alloc(10_000_000));
    });
  const child = ffmpeg([...FROM_STDIN.slice(0, -3), '-t', '0.1', '-f', 's16le', 'pipe:1'], { feed });
  expect(await lengthOf(child)).toBe(3200);
});

test('hides the key, the proxy and FFREPORT from the child', async () => {
  for (const name of ['DASHSCOPE_API_KEY', 'HTTPS_PROXY', 'FFREPORT']) vi.stubEnv(name, 'file=canary');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(Object.keys(ffmpegEnvironment()).sort()).toEqual(['LANG', 'LC_ALL', 'PATH']);
  const child = ffmpeg(['-c', 'env'], {}, '/bin/sh');
  const seen = String(await child.read());
  expect(seen).toContain('LC_ALL=C');
  expect(seen).not.toContain('canary');
});

test('passes on the named variables', async () => {
  vi.stubEnv('XDG_RUNTIME_DIR', '/run/canary');
  onTestFinished(() => void vi.unstubAllEnvs());
  const child = ffmpeg(['-c', 'env'], { inherits: ['XDG_RUNTIME_DIR', 'NOT_SET_AT_ALL'] }, '/bin/sh');
  const seen = String(await child.read());
  expect(seen).toContain('XDG_RUNTIME_DIR=/run/canary');
  expect(seen).not.toContain('NOT_SET_AT_ALL');
});

test('returns the output from before a stop', async () => {
  const child = ffmpeg(ENDLESS);
  const first = await child.read();
  await new Promise((resolve) => setTimeout(resolve, 100));
  child.stop();
  expect(await lengthOf(child)).toBeGreaterThan(first?.length ?? 0);
  expect(child.exit).toEqual({ code: null, signal: 'SIGKILL' });
});

test('leads a process group of its own when it is detached', async () => {
  const child = ffmpeg(['-c', 'echo $$; exec sleep 60'], { detached: true }, '/bin/sh');
  const pid = Number(await child.read());
  expect(process.kill(-pid, 0)).toBe(true);
});
