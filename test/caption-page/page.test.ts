import { readFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCaptionServer } from '../../lib/caption-page/caption-server.ts';
import type { Sentence } from '../../lib/sentence.ts';
import { AXE, downloaded, hasBrowser, openBrowser, pixelsOf } from '../support/caption-page.ts';
import { servingPage } from './page-client.ts';

/** A page that shows the sentences that a test writes. */
async function showing(): Promise<{ url: string; say: (text: string, isFinal?: boolean) => void }> {
  const sentences = new PassThrough({ objectMode: true });
  const server = await startCaptionServer({ sentences, port: 0 });
  const { url } = server;
  onTestFinished(() => server.close());
  let id = 1;
  return {
    url,
    say(text, isFinal = false) {
      const sentence: Sentence = {
        sentence_id: id,
        begin_time: id * 1000,
        end_time: isFinal ? id * 1000 + 900 : null,
        text,
        words: [],
        sentence_end: isFinal,
        request_id: 'test',
      };
      if (isFinal) id += 1;
      sentences.write(sentence);
    },
  };
}

/** The words on the screen with their places, and the place of the block of lines. */
const PLACES = `(() => {
  const places = {};
  for (const line of document.querySelectorAll('.line')) {
    const node = line.firstChild;
    if (!node) continue;
    for (const match of node.textContent.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const { x, y } = range.getBoundingClientRect();
      places[match[0]] = [Math.round(x), Math.round(y)];
    }
  }
  return places;
})()`;

const placesOf = (page: Page) => page.evaluate(PLACES) as Promise<Record<string, [number, number]>>;
const linesOf = (page: Page) => page.locator('#lines').innerText();

/** Findings of axe-core that keep people from using the page. */
async function seriousFindings(page: Page): Promise<string[]> {
  // As the page's own policy allows no other script, it is run by the debugger.
  await page.evaluate(await readFile(AXE, 'utf8'));
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

describe.runIf(hasBrowser)('the caption page', () => {
  it('keeps each word where it is, while its sentence grows and when it becomes final', async () => {
    const { url, say } = await showing();
    const { page } = await (await openBrowser()).open(`${url}?lines=4`);
    await expect.poll(() => page.locator('#state').innerText()).toBe('Showing captions');
    const words = 'Captions should stay where readers saw them while lines grow'.split(' ');
    const seen = new Map<string, [number, number]>();
    for (let count = 1; count <= words.length; count += 1) {
      say(`${words.slice(0, count).join(' ')}.`);
      await expect.poll(() => linesOf(page)).toContain(words[count - 1]);
      for (const [word, place] of Object.entries(await placesOf(page))) {
        expect([word, seen.get(word) ?? place]).toEqual([word, place]);
        seen.set(word, place);
      }
    }
    say(`${words.join(' ')}.`, true);
    await expect.poll(() => linesOf(page)).toContain('grow.');
    const { 'grow.': last, ...others } = await placesOf(page);
    seen.delete('grow');
    expect([others, last?.length]).toEqual([Object.fromEntries(seen), 2]);
  });

  it('shows nothing but captions on a transparent ground as an overlay', async () => {
    const { url, say } = await showing();
    const { open } = await openBrowser({ viewport: { width: 800, height: 300 } });
    const { page } = await open(`${url}?overlay&size=120&lines=1&color=yellow`);
    say('Hello to everybody.', true);
    await expect.poll(() => linesOf(page)).toBe('Hello to everybody.');
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.locator('.controls:visible').count()).toBe(0);
    const pixels = await pixelsOf(await page.screenshot({ omitBackground: true }));
    const transparent = pixels.filter(([, , , alpha]) => alpha === 0).length;
    expect(transparent / pixels.length).toBeGreaterThan(0.7);
    expect(
      pixels.some(([red, green, blue, alpha]) => red > 250 && green > 250 && blue < 5 && alpha === 255),
    ).toBe(true);
  });

  it('is usable at a width of 390 pixels', async () => {
    const { port } = await servingPage();
    const { open } = await openBrowser({ viewport: { width: 390, height: 700 } });
    const { page } = await open(`http://127.0.0.1:${port}/`);
    await page.getByRole('button', { name: 'Start' }).click();
    await expect.poll(() => page.locator('#transcript li').count()).toBeGreaterThan(2);
    for (let step = 0; step < 6; step += 1) await page.getByRole('button', { name: 'Larger text' }).click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    for (const control of await page.locator('button, select').all()) {
      const box = await control.boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= 390 && box.height >= 44).toBe(true);
    }
  });

  it('is used by keyboard alone', async () => {
    const { port } = await servingPage();
    const { page } = await (await openBrowser()).open(`http://127.0.0.1:${port}/`);
    const focused = () => page.evaluate('document.activeElement.textContent') as Promise<string>;
    await page.getByRole('button', { name: 'Start' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Start');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#transcript li').count()).toBeGreaterThan(0);
    expect(await focused()).toBe('Stop');
    await page.keyboard.press('Shift+Tab');
    expect(await focused()).toBe('Pause');
    await page.keyboard.press('Space');
    await expect.poll(focused).toBe('Resume');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('Start');
    const reached: string[] = [];
    for (let step = 0; step < 14; step += 1) {
      await page.keyboard.press('Tab');
      reached.push(await focused());
    }
    expect(reached).toEqual(
      expect.arrayContaining(['Full screen', 'Copy text', 'Download SRT', 'Download TXT', 'Clear']),
    );
  });

  it('has no serious finding of axe-core', async () => {
    const { port } = await servingPage();
    const { open } = await openBrowser();
    const { page } = await open(`http://127.0.0.1:${port}/`);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Start' }).click();
    await expect.poll(() => page.locator('#transcript li').count()).toBeGreaterThan(0);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel('Colours').selectOption('Black on white');
    expect(await seriousFindings(page)).toEqual([]);
    const { page: overlay } = await open(`http://127.0.0.1:${port}/?overlay`);
    expect(await seriousFindings(overlay)).toEqual([]);
  });

  it('announces final sentences to screen readers, and each of them once', async () => {
    const { url, say } = await showing();
    const { page } = await (await openBrowser()).open(url);
    await expect.poll(() => page.locator('#state').innerText()).toBe('Showing captions');
    say('Not yet');
    await expect.poll(() => linesOf(page)).toBe('Not yet');
    const region = page.locator('[aria-live=polite]');
    expect(await region.ariaSnapshot()).not.toContain('Not yet');
    say('Not yet final, but now.', true);
    await expect.poll(() => region.ariaSnapshot()).toContain('Not yet final, but now.');
    expect((await region.ariaSnapshot()).match(/but now/g)).toHaveLength(1);
  });

  it('speaks Chinese where the browser does', async () => {
    const { port } = await servingPage();
    const { page } = await (await openBrowser({ locale: 'zh-CN' })).open(`http://127.0.0.1:${port}/`);
    for (const name of ['开始', '停止', '下载 SRT', '下载 VTT', '下载 TXT']) {
      expect([name, await page.getByRole('button', { name, exact: true }).count()]).toEqual([name, 1]);
    }
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    expect(await page.locator('body').innerText()).not.toMatch(/[a-z]{2}/);
  });

  it('keeps size, lines and colours, and shows the last lines again when they change', async () => {
    const { url, say } = await showing();
    const { page } = await (await openBrowser()).open(url);
    say('One two three four five six seven eight nine ten eleven twelve.', true);
    await expect.poll(() => linesOf(page)).toContain('twelve.');
    const before = await linesOf(page);
    await page.getByRole('button', { name: 'Larger text' }).click();
    await page.getByLabel('Lines').selectOption('4');
    await page.getByLabel('Colours').selectOption('Yellow on black');
    await expect.poll(() => linesOf(page)).toContain('One two');
    expect(before.split('\n')).toHaveLength(2);
    await page.reload();
    await expect.poll(() => linesOf(page)).toContain('twelve.');
    expect(await page.locator('.line').count()).toBe(4);
    const colour = "getComputedStyle(document.getElementById('lines')).color";
    expect(await page.evaluate(colour)).toBe('rgb(255, 255, 0)');
  });

  it('shows a late page what was said, and has no source controls when the server has the source', async () => {
    const { url, say } = await showing();
    say('Said before.', true);
    const { page } = await (await openBrowser()).open(url);
    await expect.poll(() => linesOf(page)).toBe('Said before.');
    expect(await page.getByRole('button', { name: 'Start' }).count()).toBe(0);
    say('<b>Said</b> & after.', true);
    await expect
      .poll(() => page.locator('#transcript').innerText())
      .toBe('Said before.\n<b>Said</b> & after.');
    expect(await downloaded(page, 'Download TXT')).toBe('Said before.\n<b>Said</b> & after.\n');
  });
});
