import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { findFfmpeg } from '../../lib/audio/ffmpeg/find-ffmpeg.ts';
import { findChromium } from './browser.ts';
import { temporaryFolder } from './temporary-folder.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));

/** Where `CI` is set, the tests fail without a browser. */
export const hasBrowser: boolean = process.env['CI'] !== undefined || (await findChromium()) !== undefined;

/** Makes a recording that a browser can play in place of a microphone: WAV, with silence after it. */
export async function microphoneFile(fixture: string, silenceSeconds = 3): Promise<string> {
  const path = join(await temporaryFolder(), 'microphone.wav');
  const { path: ffmpeg } = await findFfmpeg();
  // Old versions of FFmpeg count the silence in samples only.
  const filter = `aresample=48000,apad=pad_len=${silenceSeconds * 48_000}`;
  const args = ['-v', 'error', '-i', join(FIXTURES, fixture), '-af', filter, '-ac', '1', path];
  await promisify(execFile)(ffmpeg, args);
  return path;
}

export interface BrowserOptions extends Pick<BrowserContextOptions, 'locale' | 'viewport' | 'permissions'> {
  /** More arguments of the browser. @default none */
  readonly args?: readonly string[];
  /** A file of {@link microphoneFile}. It is played once. @default the beeps of Chromium */
  readonly microphone?: string;
}

/** A headless browser whose microphone plays a recording. Closed at the end of the test. */
export async function openBrowser({ microphone, args: more = [], ...options }: BrowserOptions = {}): Promise<{
  browser: Browser;
  open: (url: string) => Promise<{ page: Page; errors: string[]; requests: string[] }>;
}> {
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error('no Chromium: install it, or name it with CHROMIUM_PATH');
  const args = [
    '--no-sandbox',
    '--autoplay-policy=no-user-gesture-required',
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    ...(microphone === undefined ? [] : [`--use-file-for-fake-audio-capture=${microphone}%noloop`]),
    ...more,
  ];
  const browser = await chromium.launch({ executablePath, args });
  onTestFinished(() => browser.close());
  const context = await browser.newContext({
    viewport: { width: 1000, height: 800 },
    locale: 'en-US',
    ...options,
  });
  return {
    browser,
    open: async (url) => {
      const page = await context.newPage();
      const errors: string[] = [];
      const requests: string[] = [];
      page.on('pageerror', ({ message }) => errors.push(message));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(url);
      return { page, errors, requests };
    },
  };
}

/** The text of a download that a button starts. */
export async function downloaded(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Path of the script of axe-core. */
export const AXE: string = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The pixels of a PNG: red, green, blue, alpha. */
export async function pixelsOf(png: Buffer): Promise<[number, number, number, number][]> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'page.png'), png);
  const { path: ffmpeg } = await findFfmpeg();
  const args = ['-v', 'error', '-i', 'page.png', '-f', 'rawvideo', '-pix_fmt', 'rgba', 'page.rgba'];
  await promisify(execFile)(ffmpeg, args, { cwd: folder });
  const bytes = await readFile(join(folder, 'page.rgba'));
  return Array.from({ length: bytes.length / 4 }, (_, n) => {
    const [red = 0, green = 0, blue = 0, alpha = 0] = bytes.subarray(n * 4, n * 4 + 4);
    return [red, green, blue, alpha];
  });
}
