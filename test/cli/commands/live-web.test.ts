import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasBrowser, openBrowser } from '../../support/caption-page.ts';
import { startHttpsProxy } from '../../support/https-proxy.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, FIXTURES, Program } from '../run-cli.ts';

const SPEECH = ['--driver', 'lavfi', '--device', `amovie=${FIXTURES}himself.ogg,apad,arealtime`];

/** The address of the page that a program has printed. */
async function pageOf(program: Program): Promise<string> {
  await program.shows('live captions: http');
  return /live captions: (\S+)/.exec(program.stderr)?.[1] ?? '';
}

/** A port that no program uses. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

describe('fun-asr live --web', { timeout: 180_000 }, () => {
  it.runIf(hasBrowser)(
    'shows the microphone of this machine on a page, and writes the outputs as always',
    async () => {
      const folder = await temporaryFolder();
      const program = new Program(['live', '--web', '--port', '0', '-o', folder, '-f', 'srt,txt', ...SPEECH]);
      const url = await pageOf(program);
      expect(program.stderr).toContain(`(for a streaming program: ${url}?overlay)`);
      const { open } = await openBrowser();
      const { page, errors } = await open(url);
      const { page: overlay } = await open(`${url}?overlay`);
      await expect
        .poll(() => page.locator('#transcript').innerText())
        .toMatch(/^He might even .* himself\.$/);
      expect(await page.getByRole('button', { name: 'Start' }).count()).toBe(0);
      const shown = await page.locator('#transcript').innerText();
      await expect
        .poll(async () => (await overlay.locator('#lines').innerText()).replaceAll('\n', ' '))
        .toBe(shown);
      program.process.kill('SIGINT');
      const { exitCode, stdout } = await program.finished();
      expect([exitCode, stdout]).toEqual([130, `${shown}\n`]);
      expect((await readdir(folder)).sort()).toEqual(['live.srt', 'live.txt']);
      expect(await readFile(join(folder, 'live.txt'), 'utf8')).toBe(`${shown}\n`);
      expect(
        errors.filter((error) => !error.includes('WebSocket') && !error.includes('Failed to load')),
      ).toEqual([]);
    },
  );

  it('answers on this machine only, and to no other page', async () => {
    const program = new Program(['live', '--web', '--port', '0', '-o', await temporaryFolder(), ...SPEECH]);
    const url = await pageOf(program);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url, { headers: { origin: 'http://evil.example' } })).status).toBe(403);
    // There is no recognition service at this port.
    expect((await fetch(`${url}api/v1/tokens`, { method: 'POST' })).status).toBe(404);
  });

  it('answers to the address of a proxy, and asks for its token', async () => {
    const token = 'a-token-of-more-than-22-characters';
    const proxy = await startHttpsProxy();
    const port = await freePort();
    const flags = ['--port', String(port), '--public-url', proxy.url, '--token', token];
    const program = new Program(['live', '--web', ...flags, '-o', await temporaryFolder(), ...SPEECH]);
    expect(await pageOf(program)).toBe(`${proxy.url}/`);
    expect(program.stderr).toContain(`(for a streaming program: ${proxy.url}/?overlay)`);
    proxy.forwardTo(port);
    const statusOf = async (path: string, headers = {}) => (await proxy.ask(path, { headers })).statusCode;
    expect(await statusOf('/')).toBe(401);
    expect(await statusOf(`/?token=${token}`)).toBe(200);
    expect(await statusOf(`/?token=${token}`, { origin: proxy.url })).toBe(200);
    expect(await statusOf(`/?token=${token}`, { origin: 'https://evil.example' })).toBe(403);
    expect(await statusOf(`/?token=${token}`, { host: 'evil.example' })).toBe(403);
    expect(program.stdout + program.stderr).not.toContain(token);
  });

  it.each([
    [
      ['--web', '--public-url', 'https://captions.example.com'],
      /--public-url .* needs a token\. Set --token/,
    ],
    [['--web', '--public-url', 'https://captions.example.com/a'], /must end after the host name/],
    [['--public-url', 'https://captions.example.com'], /--public-url is for the page of --web\. Add --web\./],
    [['--token', 'x'.repeat(22)], /--token is for the page of --web/],
  ])('exits with 2 for %j', async (flags, message) => {
    const { exitCode, stderr } = await cli(['live', ...flags, '-o', await temporaryFolder(), ...SPEECH]);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it('refuses a port that is in use, and a port without a page', async () => {
    const folder = await temporaryFolder();
    const first = new Program(['live', '--web', '--port', '0', '-o', folder, ...SPEECH]);
    const { port } = new URL(await pageOf(first));
    const second = await cli(['live', '--web', '--port', port, '-o', join(folder, 'other'), ...SPEECH]);
    expect([second.exitCode, second.stderr]).toEqual([2, expect.stringContaining('[E_PORT]')]);
    const third = await cli(['live', '--port', '8000', ...SPEECH]);
    expect([third.exitCode, third.stderr]).toEqual([2, expect.stringContaining('[E_OPTION]')]);
  });
});
