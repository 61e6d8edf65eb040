import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pullModel } from '../../../../lib/engines/models/model-pull.ts';
import { RecentAudio } from '../../../../lib/engines/local/segments/recent-audio.ts';
import { InProcessRuntime } from '../../../../lib/engines/local/runtime/in-process-runtime.ts';
import { loadSherpa } from '../../../../lib/engines/local/runtime/sherpa.ts';
import { WINDOW } from '../../../../lib/engines/local/runtime/voice-activity.ts';
import { VoiceDetectors } from '../../../../lib/engines/local/segments/voice-detectors.ts';
import { pcmOf } from '../recording.ts';

async function detectorsOf(): Promise<VoiceDetectors> {
  const { folder } = await pullModel('moonshine-base');
  return new VoiceDetectors(new InProcessRuntime(await loadSherpa()), join(folder, 'voice.onnx'));
}

/** Returns the share of windows with speech. */
async function shareOfSpeech(pcm: Buffer, detectors?: VoiceDetectors): Promise<number> {
  const detector = (detectors ?? (await detectorsOf())).take();
  const audio = new RecentAudio();
  audio.append(pcm);
  const windows = Math.floor(audio.end / WINDOW);
  const decisions = await detector.detect(audio.read(0, windows * WINDOW));
  detectors?.giveBack(detector);
  return decisions.filter(Boolean).length / windows;
}

test('finds speech in read speech', async () => {
  expect(await shareOfSpeech(await pcmOf('amiable.m4a'))).toBeGreaterThan(0.7);
});

test.each([
  ['leisure.wav', 143],
  ['ill-disposed.mp3', 75],
])('finds a single word with which the audio begins, in %s at window %i', async (file, window) => {
  const word = (await pcmOf(file)).subarray(2 * window * WINDOW, 2 * (window + 14) * WINDOW);
  expect(await shareOfSpeech(word)).toBeGreaterThan(0.5);
});

test('finds no speech in silence, noise and a hum', async () => {
  const silence = Buffer.alloc(5 * 32_000);
  const hiss = Buffer.alloc(5 * 32_000);
  const hum = Buffer.alloc(5 * 32_000);
  let seed = 1;
  for (let at = 0; at < hiss.length; at += 2) {
    seed = (seed * 48_271) % 0x7fff_ffff;
    hiss.writeInt16LE(Math.round((seed / 0x7fff_ffff - 0.5) * 4000), at);
    hum.writeInt16LE(Math.round(Math.sin((at / 2) * ((2 * Math.PI * 50) / 16_000)) * 4000), at);
  }

  expect(await Promise.all([silence, hiss, hum].map((pcm) => shareOfSpeech(pcm)))).toEqual([0, 0, 0]);
});

test('finds speech that continues for minutes until its end', async () => {
  const pcm = await pcmOf('amiable.m4a');
  const withoutPauses = pcm.subarray(32_000, 64_000);

  expect(await shareOfSpeech(Buffer.concat(Array(120).fill(withoutPauses)))).toBeGreaterThan(0.7);
});

test('keeps only some detectors after a peak of streams', async () => {
  const detectors = await detectorsOf();
  const most = availableParallelism() + 4;
  const rush = Array.from({ length: most + 3 }, () => detectors.take());
  for (const detector of rush) detectors.giveBack(detector);
  const next = Array.from({ length: most + 3 }, () => detectors.take());

  expect(next.filter((detector) => rush.includes(detector))).toHaveLength(most);
});

test('works like a new detector when it is reused', async () => {
  const pcm = await pcmOf('amiable.m4a');
  const detectors = await detectorsOf();
  const first = detectors.take();
  detectors.giveBack(first);
  const asNew = await shareOfSpeech(pcm, detectors);
  // Ends in the middle of a word.
  await shareOfSpeech(pcm.subarray(0, 90_000), detectors);

  expect(await shareOfSpeech(pcm, detectors)).toBe(asNew);
  expect(detectors.take()).toBe(first);
});
