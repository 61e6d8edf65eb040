import { describe, expect, it, onTestFinished } from 'vitest';
import { captionPage } from '../../lib/caption-page/caption-page.ts';
import { openLocalEngine } from '../../lib/engines/local/local-engine.ts';
import { type Service, startService } from '../../lib/service/service.ts';
import type { Engine } from '../../lib/service/engine.ts';
import { downloaded, hasBrowser, microphoneFile, openBrowser } from '../support/caption-page.ts';

const WORDS = 'he might even have been made amiable himself';
const ALL_WORDS =
  'and mr john dashwood had then leisure to consider how much there might be prudently in his power to do for them ' +
  'he was not an ill disposed young man unless to be rather cold hearted and rather selfish is to be ill disposed ' +
  'had he married a more amiable woman he might have been made still more respectable than he was ' +
  WORDS;

const plainWords = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z ]/g, ' ')
    .split(' ')
    .filter(Boolean)
    .join(' ');

async function localEngine(): Promise<Engine> {
  const engine = await openLocalEngine({ partials: true });
  onTestFinished(() => engine.close());
  return engine;
}

async function serve(engine: Engine, port = 0): Promise<Service> {
  const service = await startService({ engine, port, doors: [captionPage()] });
  onTestFinished(() => service.close());
  return service;
}

/** Number of the words of a recording that are missing in a text: those outside of the longest common sequence. */
function missing(spoken: string, text: string): number {
  const found = plainWords(text).split(' ');
  let row = Array.from({ length: found.length + 1 }, () => 0);
  const words = spoken.split(' ');
  for (const word of words) {
    const next = [0];
    for (const [at, other] of found.entries())
      next.push(word === other ? (row[at] ?? 0) + 1 : Math.max(next[at] ?? 0, row[at + 1] ?? 0));
    row = next;
  }
  return words.length - (row.at(-1) ?? 0);
}

/** The engine shares the processor with other tests, and the microphone plays in real time. */
const PATIENT = { timeout: 90_000 };
/**
 * The microphone of the browser loses samples when the processor is busy: some words may be wrong then. The shortest sentence
 * has eight words, so a sentence that is lost is noticed all the same.
 */
const MAX_WRONG_WORDS = 5;
const REAL_TIME = { timeout: 240_000, retry: 2 };

describe.runIf(hasBrowser)('live captions of a microphone in a browser', REAL_TIME, () => {
  it('are the words that are said, and the downloads are what was shown', async () => {
    const { port } = await serve(await localEngine());
    const { open } = await openBrowser({ microphone: await microphoneFile('himself.ogg') });
    const { page, errors, requests } = await open(`http://127.0.0.1:${port}/`);
    await page.getByRole('button', { name: 'Start' }).click();
    const transcript = page.locator('#transcript');
    await expect.poll(async () => plainWords(await transcript.innerText()), PATIENT).toBe(WORDS);
    await page.getByRole('button', { name: 'Stop' }).click();
    expect(plainWords(await page.locator('#lines').innerText())).toBe(WORDS);
    const shown = await transcript.innerText();
    expect(await downloaded(page, 'Download TXT')).toBe(`${shown}\n`);
    const srt = await downloaded(page, 'Download SRT');
    expect(srt).toMatch(/^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\n/);
    expect(plainWords(srt.split('\n').slice(2).join(' '))).toBe(WORDS);
    const vtt = await downloaded(page, 'Download VTT');
    expect(vtt).toMatch(/^WEBVTT\n\n00:00:0\d\.\d{3} --> /);
    expect(errors).toEqual([]);
    // The page loads nothing from anywhere else.
    const origins = requests.filter((url) => !url.startsWith('blob:')).map((url) => new URL(url).host);
    expect(new Set(origins)).toEqual(new Set([`127.0.0.1:${port}`]));
  });

  it('lose no sentence when the server is restarted in the middle', async () => {
    const engine = await localEngine();
    const service = await serve(engine);
    const { open } = await openBrowser({ microphone: await microphoneFile('sense-and-sensibility.mp3') });
    const { page } = await open(`http://127.0.0.1:${service.port}/`);
    await page.getByRole('button', { name: 'Start' }).click();
    const transcript = page.locator('#transcript');
    await expect.poll(() => transcript.locator('li').count(), PATIENT).toBeGreaterThan(0);
    const lines = await page.locator('#lines').innerText();
    // Another sentence is being spoken.
    await expect.poll(() => page.locator('#lines').innerText(), PATIENT).not.toBe(lines);
    await service.close();
    await expect.poll(() => page.locator('#state').innerText()).toContain('The connection is lost');
    await serve(engine, service.port);
    await expect.poll(() => page.locator('#state').innerText()).toBe('Listening');
    const wrongWords = async () => missing(ALL_WORDS, await transcript.innerText());
    await expect.poll(wrongWords, PATIENT).toBeLessThanOrEqual(MAX_WRONG_WORDS);
    await page.getByRole('button', { name: 'Stop' }).click();
    const shown = plainWords(await transcript.innerText());
    expect(plainWords(await downloaded(page, 'Download TXT'))).toBe(shown);
    // Nothing is repeated either.
    expect(shown.split(' ').length).toBeLessThan(ALL_WORDS.split(' ').length + MAX_WRONG_WORDS);
    const starts = [...(await downloaded(page, 'Download SRT')).matchAll(/^(\d\d:\d\d:\d\d,\d+) -->/gm)];
    const times = starts.map(([, time]) => time ?? '');
    expect(times).toEqual([...times].sort());
    // Times continue after the restart: the last sentence begins 27.5 s after the first one.
    expect(times.at(-1)).toMatch(/^00:00:(2[6-9]|3)/);
  });

  it('continue after a pause, which ends the sentence, and after a stop', async () => {
    const { port } = await serve(await localEngine());
    const { open } = await openBrowser({ microphone: await microphoneFile('sense-and-sensibility.mp3') });
    const { page } = await open(`http://127.0.0.1:${port}/`);
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const sentences = page.locator('#transcript li');
    await button('Start').click();
    await expect.poll(() => page.locator('#lines').innerText(), PATIENT).toContain('John');
    await button('Pause').click();
    await expect.poll(() => sentences.count(), PATIENT).toBe(1);
    expect(await page.locator('#state').innerText()).toBe('Paused');
    await button('Resume').click();
    await expect.poll(() => sentences.count(), PATIENT).toBeGreaterThan(1);
    await button('Stop').click();
    await button('Start').click();
    await expect.poll(() => page.locator('#state').innerText()).toBe('Listening');
    await button('Stop').click();
    const cues = [...(await downloaded(page, 'Download SRT')).matchAll(/(\d\d:\d\d:\d\d,\d+)/g)];
    const times = cues.map(([time]) => time);
    expect(times).toEqual([...times].sort());
  });

  it('say why there is no microphone', async () => {
    const { port } = await serve(await localEngine());
    const { open, browser } = await openBrowser();
    const { page } = await open(`http://127.0.0.1:${port}/`);
    await page.evaluate(
      "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))",
    );
    await page.getByRole('button', { name: 'Start' }).click();
    await expect.poll(() => page.getByRole('alert').innerText()).toContain('The microphone is not allowed');
    expect(await page.getByRole('button', { name: 'Start' }).isEnabled()).toBe(true);
    await page.reload();
    await page.evaluate('AudioContext.prototype.resume = () => new Promise(() => {})');
    await page.getByRole('button', { name: 'Start' }).click();
    await expect
      .poll(() => page.getByRole('alert').innerText(), { timeout: 10_000 })
      .toContain('does not start to process sound');
    expect(await page.getByRole('button', { name: 'Start' }).isEnabled()).toBe(true);
    await browser.close();
  });
});
