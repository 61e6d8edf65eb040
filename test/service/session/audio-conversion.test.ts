import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { openAudioConversion, type PcmWriter } from '../../../lib/service/session/audio-conversion.ts';
import type { TaskSettings } from '../../../lib/service/session/task-settings.ts';
import { envelope, ffmpeg, likeness, sample, scratch, SPEECH, SPEECH_SECONDS } from '../../audio/samples.ts';

type Declared = Pick<TaskSettings, 'format' | 'sampleRate'>;

/** Converts bytes in chunks of some size. Returns the PCM for the engine. */
async function convert(declared: Declared, bytes: Buffer, size = 12_800): Promise<Buffer> {
  const pcm: Buffer[] = [];
  const input = openAudioConversion(declared, async (chunk) => void pcm.push(chunk));
  try {
    for (let at = 0; at < bytes.length; at += size) await input.write(bytes.subarray(at, at + size));
    await input.end();
  } finally {
    input.destroy();
  }
  return Buffer.concat(pcm);
}

const speech = async (): Promise<Buffer> => (await readFile(SPEECH)).subarray(44);

/** How similar PCM is to the speech: 1 at best, 0 when it is too long or too short. */
async function speechIn(pcm: Buffer): Promise<number> {
  const hasLength = Math.abs(pcm.length / 32_000 - SPEECH_SECONDS) < 0.2;
  return hasLength ? likeness(envelope(pcm), envelope(await speech())) : 0;
}

describe('openAudioConversion', () => {
  it('passes PCM at the rate of the engine on unchanged', async () => {
    const pcm = await speech();
    expect((await convert({ format: 'pcm', sampleRate: 16_000 }, pcm, 777)).equals(pcm)).toBe(true);
  });

  it.each([8000, 44_100, 48_000])('resamples PCM of %i Hz, in chunks of any size', async (sampleRate) => {
    const pcm = await ffmpeg('-i', SPEECH, '-ar', String(sampleRate), '-f', 's16le', '-');
    expect(await speechIn(await convert({ format: 'pcm', sampleRate }, pcm, 9999))).toBeGreaterThan(0.9);
  });

  it.each<[TaskSettings['format'], number, string, string]>([
    ['wav', 16_000, 'a.wav', ''],
    ['wav', 8000, 'a.wav', '-ar 8000'],
    ['mp3', 16_000, 'a.mp3', '-c:a libmp3lame -b:a 64k'],
    ['opus', 16_000, 'a.ogg', '-c:a libopus'],
    ['speex', 16_000, 'a.spx', '-c:a libspeex'],
    ['aac', 16_000, 'a.aac', '-c:a aac -f adts'],
    ['amr', 8000, 'a.amr', '-c:a libopencore_amrnb -ar 8000 -b:a 12.2k'],
  ])('decodes %s of %i Hz', async (format, sampleRate, name, args) => {
    const path = await sample(await scratch(), name, args);
    const pcm = await convert({ format, sampleRate }, await readFile(path));
    expect(await speechIn(pcm)).toBeGreaterThan(0.9);
  });

  it('accepts chunks of a single byte', async () => {
    const bytes = await readFile('fixtures/ill-disposed.mp3');
    const whole = await convert({ format: 'mp3', sampleRate: 16_000 }, bytes);
    expect((await convert({ format: 'mp3', sampleRate: 16_000 }, bytes, 1)).equals(whole)).toBe(true);
  });

  it.each<[string, TaskSettings['format'], number, RegExp]>([
    ['package.json', 'mp3', 16_000, /the audio is not mp3/],
    ['fixtures/leisure.wav', 'mp3', 16_000, /the audio is WAV, not mp3/],
    [
      'fixtures/leisure.wav',
      'wav',
      8000,
      /the sample rate of the audio is 16000 Hz, not 8000 Hz as declared/,
    ],
    ['fixtures/inaugural.webm', 'opus', 16_000, /the audio is WebM or Matroska, not opus/],
    ['fixtures/amiable.m4a', 'aac', 16_000, /the audio is MP4 or M4A, not aac/],
  ])('refuses %s declared as %s of %i Hz', async (path, format, sampleRate, reason) => {
    const failure = convert({ format, sampleRate }, await readFile(path));
    await expect(failure).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringMatching(/^UNSUPPORTED_FORMAT: Failed to decode audio: /) as string,
    });
    await expect(failure).rejects.toThrow(reason);
  });

  it('refuses a header without audio', async () => {
    const header = (await readFile('fixtures/himself.ogg')).subarray(0, 47);
    await expect(convert({ format: 'opus', sampleRate: 16_000 }, header)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
    });
  });

  it('accepts no more audio while the engine accepts none', async () => {
    let written = 0;
    const blocked: PcmWriter = () => new Promise(() => {});
    const input = openAudioConversion({ format: 'pcm', sampleRate: 48_000 }, blocked);
    const loud = await ffmpeg('-i', SPEECH, '-ar', '48000', '-f', 's16le', '-');
    const writing = (async () => {
      for (let n = 0; n < 200; n += 1) {
        await input.write(loud);
        written += 1;
      }
    })();
    const turns = (async () => {
      for (let turn = 0; turn < 20_000; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    })();
    await Promise.race([writing, turns]);
    // 20 chunks are 13.6 MB.
    expect(written).toBeLessThan(20);
    input.destroy();
  });

  it('rejects with the error of the engine', async () => {
    const input = openAudioConversion({ format: 'mp3', sampleRate: 16_000 }, () =>
      Promise.reject(new Error('engine failed')),
    );
    const sending = (async () => {
      for await (const chunk of createReadStream('fixtures/sense-and-sensibility.mp3')) {
        await input.write(chunk as Buffer);
      }
      await input.end();
    })();
    await expect(sending).rejects.toThrow('engine failed');
  });

  it('stops FFmpeg when it is destroyed', async () => {
    const input = openAudioConversion({ format: 'mp3', sampleRate: 16_000 }, async () => {});
    await input.write(await readFile('fixtures/ill-disposed.mp3'));
    input.destroy();
    await vi.waitFor(() => expect(process.getActiveResourcesInfo()).not.toContain('ProcessWrap'));
  });
});
