import { access } from 'node:fs/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of a Chromium of the system; undefined when there is none. */
export async function findChromium(): Promise<string | undefined> {
  for (const path of [process.env['CHROMIUM_PATH'], ...PATHS]) {
    if (
      path &&
      (await access(path).then(
        () => true,
        () => false,
      ))
    )
      return path;
  }
  return undefined;
}

/** A page of a headless browser, and everything that it has requested. Closed at the end of the test. */
export async function openPage(
  url: string,
  options: { readonly colorScheme?: 'light' | 'dark'; readonly width?: number } = {},
): Promise<{ page: Page; requests: string[]; errors: string[] }> {
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error('no Chromium: install it, or name it with CHROMIUM_PATH');
  const flags = ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'];
  const browser: Browser = await chromium.launch({ executablePath, args: flags });
  onTestFinished(() => browser.close());
  const { colorScheme = 'light', width = 1000 } = options;
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height: 800 },
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const requests: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(url);
  return { page, requests, errors };
}
