import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WavFile } from '../../../lib/audio/recording/wav-file.ts';
import { wavData } from '../../../lib/media/containers/wav.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SECOND = Buffer.alloc(32_000, 1);

async function newFile(maxBytes?: number): Promise<{ path: string; file: WavFile }> {
  const path = join(await temporaryFolder(), 'talk.wav');
  return { path, file: await WavFile.create(path, { sampleRate: 16_000, force: false, maxBytes }) };
}

describe('WavFile', () => {
  it('renews the sizes in the header after each second of audio', async () => {
    const { path, file } = await newFile();
    const sizes: (number | undefined)[] = [];
    for (const audio of [SECOND.subarray(3200), SECOND.subarray(0, 3200), SECOND, SECOND.subarray(2)]) {
      await file.write(audio);
      sizes.push(wavData(await readFile(path))?.bytes);
    }
    expect(sizes).toEqual([0, 32_000, 64_000, 64_000]);
    await file.close();
    expect(wavData(await readFile(path))?.bytes).toBe(95_998);
  });

  it('takes no more audio than the format can hold', async () => {
    const { path, file } = await newFile(40_000);
    expect(await file.write(SECOND)).toBe(true);
    expect(await file.write(SECOND)).toBe(false);
    expect(file.dataBytes).toBe(40_000);
    await file.close();
    const content = await readFile(path);
    expect([content.length, wavData(content)?.bytes]).toEqual([40_044, 40_000]);
  });
});
