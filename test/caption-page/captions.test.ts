import { describe, expect, it, onTestFinished } from 'vitest';
import { captionPage } from '../../lib/caption-page/caption-page.ts';
import { openLocalEngine } from '../../lib/engines/local/local-engine.ts';
import { startService } from '../../lib/service/service.ts';
import { findChromium } from '../support/browser.ts';
import { downloaded, microphoneFile, openBrowser } from '../support/caption-page.ts';

/** Where `CI` is set, the tests fail without a browser. */
const hasChromium = process.env['CI'] !== undefined || (await findChromium()) !== undefined;

const plainWords = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z ]/g, ' ')
    .split(' ')
    .filter(Boolean)
    .join(' ');

describe.runIf(hasChromium)('live captions in a browser', () => {
  it('shows what is said into the microphone, and saves it as subtitles', async () => {
    const engine = await openLocalEngine({ partials: true });
    onTestFinished(() => engine.close());
    const service = await startService({
      engine,
      port: 0,
      doors: [captionPage({ recognition: { engine } })],
    });
    onTestFinished(() => service.close());
    const { open } = await openBrowser({ microphone: await microphoneFile('himself.ogg') });
    const { page, errors } = await open(`http://127.0.0.1:${service.port}/`);
    await page.getByRole('button', { name: 'Start' }).click();
    await expect
      .poll(async () => plainWords(await page.locator('#transcript').innerText()))
      .toBe('he might even have been made amiable himself');
    await page.getByRole('button', { name: 'Stop' }).click();
    expect(plainWords(await page.locator('#lines').innerText())).toBe(
      'he might even have been made amiable himself',
    );
    const srt = await downloaded(page, 'Download SRT');
    expect(srt).toMatch(
      /^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\nHe might even have been made\s+amiable himself\.\n/,
    );
    expect(errors).toEqual([]);
  });
});
