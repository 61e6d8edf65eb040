import { cp, mkdir, readFile, rename } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { BatchOptions } from '../../../lib/batch/batch-options.ts';
import { transcribeBatch } from '../../../lib/batch/batch.ts';
import { findChromium, openPage } from '../../support/browser.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type ScriptedClient } from '../../support/scripted-service.ts';
import { FIXTURES, service } from '../run-batch.ts';

const HOSTILE =
  '</script><script>document.title = "taken"</script><img src=x onerror="document.title = `taken`">';

/** Recognises three sentences with words in every recording. */
async function recognise(client: ScriptedClient): Promise<void> {
  await client.startTask();
  await client.action('finish-task');
  const words = (begin: number, ...texts: string[]) =>
    texts.map((text, index) => ({
      text,
      begin_time: begin + index * 400,
      end_time: begin + index * 400 + 350,
      punctuation: '',
    }));
  client.final('The first sentence.', 200, 1400, { words: words(200, 'The ', 'first ', 'sentence.') });
  client.final(HOSTILE, 1500, 2400, { words: [] });
  client.final('and the last one', 2500, 4100, { words: words(2500, 'and ', 'the ', 'last ', 'one') });
  await client.finishTask();
}

/** Runs a batch over a folder with a report, and gives the path of the page. */
async function report(folder: string, options: Partial<BatchOptions> = {}): Promise<string> {
  const { url } = await service({ client: recognise });
  const path = join(folder, 'report.html');
  await transcribeBatch({
    inputs: [join(folder, 'talks')],
    report: { path },
    transcription: { engine: 'cloud', baseUrl: url },
    ...options,
  });
  return path;
}

/** A folder with a recording of real speech, in a sub-folder with a name that needs an escape. */
async function talks(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'talks', 'day #1'), { recursive: true });
  await cp(join(FIXTURES, 'leisure.wav'), join(folder, 'talks', 'day #1', 'leisure & more.wav'));
  await cp(join(FIXTURES, 'himself.ogg'), join(folder, 'talks', 'himself.ogg'));
  return folder;
}

const open = (path: string, options?: Parameters<typeof openPage>[1]) =>
  openPage(pathToFileURL(path).href, options);

/** Where `CI` is set, the tests fail without a browser. */
const hasChromium = process.env['CI'] !== undefined || (await findChromium()) !== undefined;

describe('the report of a run', () => {
  it.runIf(hasChromium)(
    'plays a word, a sentence and what is focused, and highlights what is heard',
    async () => {
      const { page, requests, errors } = await open(await report(await talks()));
      await page.getByRole('button', { name: /leisure & more\.wav/ }).click();
      const time = () => page.evaluate<number>('document.getElementById("player").currentTime');
      const pause = () => page.evaluate('document.getElementById("player").pause()');
      const active = page.locator('#transcript .active > .active');

      await page.getByText('last', { exact: true }).click();
      await expect.poll(time).toBeGreaterThan(3.3);
      expect(await page.locator('#transcript p.active').textContent()).toContain('and the last one');
      await expect.poll(() => active.textContent()).toBe('one');
      await pause();

      await page.locator('#transcript time').first().click();
      await expect.poll(() => active.textContent()).toBe('first ');
      await pause();
      expect(await time()).toBeLessThan(2.5);

      for (const key of ['Enter', ' ']) {
        await page.locator('#transcript p').nth(2).focus();
        await page.keyboard.press(key);
        await expect.poll(time).toBeGreaterThan(2.5);
        await page.locator('#transcript p').nth(0).focus();
        await page.keyboard.press(key);
        await expect.poll(time).toBeLessThan(2.5);
      }
      expect(errors).toEqual([]);
      expect(requests.every((url) => url.startsWith('file:'))).toBe(true);
      expect(requests.at(-1)).toContain('talks/day%20%231/leisure%20%26%20more.wav');
    },
  );

  it.runIf(hasChromium)('finds words in all transcripts, and plays what is found', async () => {
    const { page } = await open(await report(await talks()));
    await page.getByRole('searchbox').fill('LAST one');
    const matches = page.locator('#matches button');
    await expect.poll(() => matches.count()).toBe(2);
    await matches.last().click();
    await expect
      .poll(() => page.evaluate<number>('document.getElementById("player").currentTime'))
      .toBeGreaterThanOrEqual(2.5);
    await page.getByRole('searchbox').fill('nowhere');
    await expect.poll(() => page.getByRole('status').textContent()).toBe('Matches: 0');
  });

  it.runIf(hasChromium)('shows hostile text as text', async () => {
    const { page, errors, requests } = await open(await report(await talks()));
    await page.getByRole('button', { name: /himself/ }).click();
    expect(await page.locator('#transcript p').nth(1).textContent()).toContain(HOSTILE);
    await page.getByRole('searchbox').fill('onerror');
    await expect.poll(() => page.locator('#matches button').count()).toBe(2);
    expect(await page.title()).toBe('Transcripts');
    expect(errors).toEqual([]);
    expect(requests).toHaveLength(2);
  });

  it.runIf(hasChromium)('gives a transcript as SRT', async () => {
    const folder = await talks();
    const { page } = await open(await report(folder));
    await page.getByRole('button', { name: /himself/ }).click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download SRT' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('himself.srt');
    expect(await readFile(await download.path(), 'utf8')).toBe(
      await readFile(join(folder, 'talks', 'himself.srt'), 'utf8'),
    );
  });

  it.runIf(hasChromium)('is readable on a phone, and in the dark', async () => {
    const path = await report(await talks());
    const backgrounds = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await open(path, { colorScheme, width: 360 });
      await page.getByRole('button', { name: /himself/ }).click();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      backgrounds.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
    }
    expect(backgrounds).toEqual(['rgb(255, 255, 255)', 'rgb(13, 17, 23)']);
  });

  it.runIf(hasChromium)('still shows the text when the audio was moved', async () => {
    const folder = await talks();
    const path = await report(folder);
    await rename(join(folder, 'talks', 'himself.ogg'), join(folder, 'gone.ogg'));
    const { page } = await open(path);
    await page.getByRole('button', { name: /himself/ }).click();
    await page.getByText('The audio is not where it was').waitFor();
    expect(await page.locator('#transcript').textContent()).toContain('The first sentence.');
  });

  it.runIf(hasChromium)('contains the audio when it is wanted', async () => {
    const folder = await talks();
    const path = join(folder, 'report.html');
    await report(folder, { report: { path, embedsAudio: true } });
    await rename(join(folder, 'talks', 'himself.ogg'), join(folder, 'gone.ogg'));
    const { page } = await open(path);
    await page.getByRole('button', { name: /himself/ }).click();
    await expect
      .poll(() => page.evaluate<number>('document.getElementById("player").duration'))
      .toBeCloseTo(3.29, 1);
  });

  it('covers recordings of earlier runs, failed ones, and standard input', async () => {
    const folder = await talks();
    await report(folder);
    await cp(new URL(import.meta.url).pathname, join(folder, 'talks', 'bad.mp3'));
    const seen = await dataOf(await report(folder));
    expect(seen.summary).toMatch(/^3 recordings, 0\.\d\d h · 2 done · 1 failed/);
    expect(seen.recordings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ status: 'failed', sentences: [], audio: 'talks/bad.mp3' }),
        expect.objectContaining({
          status: 'done',
          sentences: Array.from({ length: 3 }, () => expect.anything()),
          audio: 'talks/himself.ogg',
        }),
      ]),
    );
    const stdin = createReadStream(join(FIXTURES, 'amiable.m4a'));
    const piped = await dataOf(
      await report(folder, { inputs: ['-'], outputDir: join(folder, 'out'), stdin }),
    );
    expect(piped.recordings).toMatchObject([{ name: 'standard input', audio: null }]);
    expect(piped.recordings[0]?.sentences).toHaveLength(3);
  });
});

interface ReportData {
  readonly summary: string;
  readonly recordings: readonly { readonly sentences: readonly object[] }[];
}

/** The data in a page. */
async function dataOf(path: string): Promise<ReportData> {
  const html = await readFile(path, 'utf8');
  return JSON.parse(/<script type="application\/json"[^>]*>(.*)<\/script>/.exec(html)?.[1] ?? '');
}
