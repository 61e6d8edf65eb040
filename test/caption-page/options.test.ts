import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { captionPage, type CaptionPageOptions } from '../../lib/caption-page/caption-page.ts';
import { startCaptionServer } from '../../lib/caption-page/caption-server.ts';

describe('options of captionPage()', () => {
  it.each([
    ['a name that does not exist', { maxSource: 1 }, /maxSource/],
    ['a number that is too large', { maxPages: 1e9 }, /maxPages must be an integer/],
    ['sentences that cannot be read', { sentences: ['a'] }, /sentences must be an async iterable/],
    ['a wrong option of the recognition', { recognition: { model: 1 } }, /model/],
    ['an unknown option of the recognition', { recognition: { modle: 'x' } }, /modle/],
  ])('are refused at once: %s', (_, options, message) => {
    expect(() => captionPage(options as CaptionPageOptions)).toThrow(message);
  });

  it('need no key yet', () => {
    expect(captionPage({ recognition: { engine: 'cloud' } })).toBeTypeOf('function');
    expect(captionPage({ recognition: { languageHints: ['zh'] } })).toBeTypeOf('function');
  });
});

describe('the port of a caption page without a service', () => {
  it('is another one when the usual one is in use, but not behind a proxy', async () => {
    const other = createServer();
    // Another program may use it already.
    await new Promise<void>((resolve) =>
      other.once('error', () => resolve()).listen(8711, '127.0.0.1', resolve),
    );
    onTestFinished(() => void other.close());
    const sentences = Readable.from([]);
    const page = await startCaptionServer({ sentences });
    onTestFinished(() => page.close());
    expect(new URL(page.url).port).not.toBe('8711');
    const proxied = { sentences, publicUrl: 'https://captions.example.com', token: 'x'.repeat(22) };
    await expect(startCaptionServer(proxied)).rejects.toMatchObject({ code: 'E_PORT' });
  });
});
