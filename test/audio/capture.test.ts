import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { capture, type CaptureOptions } from '../../lib/audio/capture.ts';
import { captureDrivers } from '../../lib/audio/capture/capture-arguments.ts';
import { drain, ENCODER, scratch, SPEECH } from './samples.ts';

/** Devices that give real speech: one as fast as it is read, one at the speed of a microphone. */
const QUICK = { driver: 'lavfi', device: `amovie=${SPEECH}` };
const LIVE = { driver: 'lavfi', device: `amovie=${SPEECH},arealtime` };
const ENDLESS = { driver: 'lavfi', device: 'sine' };

const spoken = (await readFile(SPEECH)).subarray(44);

function children(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
}

test('captures all samples of the device, and ends when the device ends', async () => {
  const { pcm, warnings } = await drain(capture(QUICK));
  expect(pcm.equals(spoken)).toBe(true);
  expect(warnings).toEqual([]);
});

test('resamples to another rate', async () => {
  expect((await buffer(capture({ ...QUICK, sampleRate: 8000 }))).length).toBe(spoken.length / 2);
});

test('emits the audio that was captured before a stop, and releases the microphone', async () => {
  const stopping = new AbortController();
  const microphone = capture({ ...LIVE, stop: stopping.signal });
  microphone.once('data', () => stopping.abort());
  const { pcm, warnings } = await drain(microphone);
  expect(pcm.length).toBeGreaterThan(0);
  expect(pcm.equals(spoken.subarray(0, pcm.length))).toBe(true);
  expect(pcm.length).toBeLessThan(spoken.length);
  expect(warnings).toEqual([]);
  await vi.waitFor(() => expect(children()).toBe(0));
});

test('emits no audio when it is stopped before it starts', async () => {
  expect((await buffer(capture({ ...LIVE, stop: AbortSignal.abort() }))).length).toBe(0);
});

test('fails with an AbortError when it is aborted, and leaves no process when it is destroyed', async () => {
  const abort = new AbortController();
  const aborted = capture({ ...ENDLESS, signal: abort.signal });
  aborted.once('data', () => abort.abort());
  await expect(buffer(aborted)).rejects.toMatchObject({ name: 'AbortError' });
  const destroyed = capture(ENDLESS);
  await new Promise((resolve) => destroyed.once('data', resolve));
  destroyed.destroy();
  await vi.waitFor(() => expect(children()).toBe(0));
});

test('captures no more than the buffer holds while its output is not read', async () => {
  const microphone = capture(ENDLESS);
  await new Promise((resolve) => microphone.once('readable', resolve));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(microphone.readableLength).toBeGreaterThanOrEqual(microphone.readableHighWaterMark);
  expect(microphone.readableLength).toBeLessThan(microphone.readableHighWaterMark + 2 ** 17);
  microphone.destroy();
});

test('tries every driver of the system for a missing device', async () => {
  const failure = buffer(capture({ device: 'no such microphone' }));
  await expect(failure).rejects.toMatchObject({
    code: 'E_CAPTURE',
    message: expect.stringContaining(
      captureDrivers(process.platform)
        .map((driver) => `${driver} no such microphone: `)
        .at(-1) ?? '',
    ),
    hint: expect.any(String),
  });
});

test('names a driver that this FFmpeg does not have', async () => {
  await expect(buffer(capture({ driver: 'none', device: 'x' }))).rejects.toMatchObject({
    code: 'E_CAPTURE',
    message: expect.stringMatching(/none x: this FFmpeg \(.+\) does not have this driver/),
  });
});

test('warns once about a device that delivers only silence', async () => {
  const { pcm, warnings } = await drain(
    capture({ driver: 'lavfi', device: 'anullsrc=sample_rate=16000,atrim=duration=20' }),
  );
  expect(pcm.length).toBe(20 * 32_000);
  expect(warnings).toEqual(['W_CAPTURE_SILENT']);
});

test("lets FFmpeg find the user's sound server, and hides the key", async () => {
  const ffmpegPath = join(await scratch(), 'ffmpeg');
  const answer = `echo "[error] at $XDG_RUNTIME_DIR with $DASHSCOPE_API_KEY." >&2; exit 1`;
  await writeFile(ffmpegPath, `#!/bin/sh\n[ "$1" = -version ] && exec '${ENCODER}' -version\n${answer}\n`);
  await chmod(ffmpegPath, 0o755);
  for (const name of ['XDG_RUNTIME_DIR', 'DASHSCOPE_API_KEY']) vi.stubEnv(name, `/run/${name}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(buffer(capture({ ...QUICK, ffmpegPath }))).rejects.toMatchObject({
    message: expect.stringContaining('at /run/XDG_RUNTIME_DIR with .'),
  });
});

test.each([
  ['exit 5', 'FFmpeg exited with code 5'],
  // The behaviour of FFmpeg when PulseAudio ends.
  ['echo "[error] mike: Generic error" >&2; exit 0', 'mike: Generic error'],
])('keeps the sound and warns when a device fails later (%s)', async (end, reason) => {
  const ffmpegPath = join(await scratch(), 'ffmpeg');
  await writeFile(ffmpegPath, `#!/bin/sh\n'${ENCODER}' "$@"\n[ "$1" = -version ] && exit\n${end}\n`);
  await chmod(ffmpegPath, 0o755);
  const warnings: string[] = [];
  const microphone = capture({ ...QUICK, ffmpegPath });
  microphone.on('warning', ({ code, message }) => warnings.push(`${code} ${message}`));
  expect((await buffer(microphone)).length).toBe(spoken.length);
  expect(warnings).toEqual([
    `W_CAPTURE_LOST lavfi ${QUICK.device}: the device failed after 7.1 s of sound: ${reason}`,
  ]);
});

test.each<[string, CaptureOptions]>([
  ['device', { device: '' }],
  ['driver', { driver: '' }],
  ['sampleRate', { sampleRate: 1 }],
])('refuses a wrong %s at once', (name, options) => {
  expect(() => capture(options)).toThrow(
    expect.objectContaining({ code: 'E_OPTION', message: expect.stringContaining(`option ${name}`) }),
  );
});
