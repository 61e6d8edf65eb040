import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import { onTestFinished } from 'vitest';
import type { LocalModel, ModelFile, ModelPackage } from '../../../lib/engines/models/local-model.ts';

/** A package for a registry: its files by path. */
export interface Published {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Makes a folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fun-asr-streams-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts an npm registry with one version of one package. It is closed after the test. */
export async function startRegistry(published: Published) {
  const tarball = await pack(published);
  const requests: string[] = [];
  let isSilent = false;
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (isSilent) return;
    if (request.url?.endsWith('.tgz')) response.end(tarball);
    else response.end(JSON.stringify(packument(published.name, tarball, `http://${request.headers.host}`)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void (server.closeAllConnections(), server.close()));
  useRegistry(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const origin: ModelPackage = {
    spec: `${published.name}@1.0.0`,
    bytes: tarball.length,
    sha512: createHash('sha512').update(tarball).digest('base64'),
  };
  return { origin, requests, stopAnswering: () => void (isSilent = true) };
}

/**
 * Makes npm use another registry, by environment variables as a user would. The developer's own npm settings are not
 * read, and npm sends no requests of other kinds and no retries.
 */
export function useRegistry(url: string): void {
  const settings = {
    npm_config_registry: url,
    npm_config_noproxy: '127.0.0.1',
    npm_config_fetch_retries: '0',
    npm_config_update_notifier: 'false',
    npm_config_audit: 'false',
    npm_config_userconfig: '/nonexistent/user-npmrc',
    npm_config_globalconfig: '/nonexistent/global-npmrc',
  };
  const before = { ...process.env };
  Object.assign(process.env, settings);
  onTestFinished(() => {
    for (const name of Object.keys(settings)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
}

/** Describes a model whose files are those of one package. */
export function modelOf(origin: ModelPackage, files: Readonly<Record<string, string>>): LocalModel {
  const entries = Object.entries(files).map(([path, content]): [string, ModelFile] => [
    path.replaceAll('/', '-'),
    {
      package: origin,
      path,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    },
  ]);
  const speechModel = { configIn: () => ({}) };
  return {
    name: 'some-model',
    languages: ['en'],
    license: 'MIT',
    files: Object.fromEntries(entries),
    speechModel,
    smallSpeechModel: speechModel,
    voiceDetector: '',
  };
}

async function pack({ name, files }: Published): Promise<Buffer> {
  const folder = await temporaryFolder();
  const all = { ...files, 'package.json': JSON.stringify({ name, version: '1.0.0' }) };
  for (const [path, content] of Object.entries(all)) {
    await mkdir(dirname(join(folder, 'package', path)), { recursive: true });
    await writeFile(join(folder, 'package', path), content);
  }
  await create({ file: join(folder, 'package.tgz'), cwd: folder, gzip: true }, ['package']);
  return readFile(join(folder, 'package.tgz'));
}

function packument(name: string, tarball: Buffer, registry: string): object {
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const dist = { tarball: `${registry}/${name}/-/${name}-1.0.0.tgz`, integrity };
  return { name, 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': { name, version: '1.0.0', dist } } };
}
