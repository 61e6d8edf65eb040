import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planOutputs } from '../../../lib/batch/plan/output-plan.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const plan = (inputs: readonly string[], outputDir?: string) =>
  planOutputs(
    inputs.map((input) => ({ input, subfolder: '' })),
    outputDir,
  );
const stems = (inputs: readonly string[], outputDir?: string) =>
  plan(inputs, outputDir).map(({ stem }) => stem);

describe('output names', () => {
  it('have no extension of the input', () => {
    expect(plan(['a/talk.one.mp3'])).toEqual([{ input: 'a/talk.one.mp3', folder: 'a', stem: 'talk.one' }]);
  });

  it('keep the extension where two would be the same, also in another case or composition', () => {
    expect(stems(['talk.mp3', 'talk.wav', 'other.mp3'])).toEqual(['talk.mp3', 'talk.wav', 'other']);
    expect(stems(['Talk.mp3', 'talk.wav'])).toEqual(['Talk.mp3', 'talk.wav']);
    expect(stems(['caf\u00e9.mp3', 'cafe\u0301.wav'])).toEqual(['caf\u00e9.mp3', 'cafe\u0301.wav']);
  });

  it('keep the extension where two would be the same because a folder has two paths', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'real'));
    await symlink('real', join(root, 'link'));
    expect(stems([join(root, 'real/talk.mp3'), join(root, 'link/talk.wav')])).toEqual([
      'talk.mp3',
      'talk.wav',
    ]);
  });

  it('keep the extension where one would be the partial output of another', () => {
    expect(stems(['talk.mp3', 'talk.partial.wav'])).toEqual(['talk.mp3', 'talk.partial.wav']);
    expect(stems(['talk.partial.wav', 'other.mp3'])).toEqual(['talk.partial', 'other']);
  });

  it('change again when a new name is in use already', () => {
    expect(stems(['talk.mp3', 'talk.wav', 'talk.mp3.ogg'])).toEqual(['talk.mp3', 'talk.wav', 'talk.mp3.ogg']);
  });

  it('contain a digest of the path where the extension is not enough', () => {
    const [first, second] = stems(['a/talk.mp3', 'b/talk.mp3'], 'out');
    expect(first).toMatch(/^talk\.mp3~[0-9a-f]{8}$/);
    expect(second).toMatch(/^talk\.mp3~[0-9a-f]{8}$/);
    expect(first).not.toBe(second);
  });

  it('are shortened to the length that disks allow, at a whole character', () => {
    const [stem = ''] = stems([`${'語'.repeat(84)}.mp3`]);
    expect(Buffer.byteLength(`${stem}.partial.jsonl`)).toBeLessThanOrEqual(255);
    expect(stem).toMatch(/^語+~[0-9a-f]{8}$/u);
  });

  it('are never the same', () => {
    const name = fc.array(fc.constantFrom('a', 'A', '.mp3', '.wav', 'é', 'e\u0301', '~'), {
      minLength: 1,
      maxLength: 5,
    });
    const path = fc
      .tuple(fc.constantFrom('x/', 'y/', 'x/y/'), name)
      .map(([folder, parts]) => folder + parts.join(''));
    const paths = fc.uniqueArray(path, { minLength: 1, maxLength: 40, size: 'max' });
    fc.assert(
      fc.property(paths, fc.option(fc.constant('out'), { nil: undefined }), (inputs, outputDir) => {
        const keys = plan(inputs, outputDir).map(({ folder, stem }) =>
          `${folder}/${stem}`.normalize('NFC').toLowerCase(),
        );
        expect(new Set(keys).size).toBe(inputs.length);
      }),
    );
  });
});

describe('output folders', () => {
  it('are the folders of the inputs by default', () => {
    expect(plan(['talk.mp3', '/x/y.mp3']).map(({ folder }) => folder)).toEqual(['.', '/x']);
  });

  it('keep sub-folders below an output folder', () => {
    const recordings = [{ input: 'talks/day1/a.mp3', subfolder: 'day1' }];
    expect(planOutputs(recordings, 'out')).toEqual([
      { input: 'talks/day1/a.mp3', folder: 'out/day1', stem: 'a' },
    ]);
  });
});

it('names the outputs of standard input stdin, in the current folder', () => {
  expect(plan(['-'])).toEqual([{ input: '-', folder: '.', stem: 'stdin' }]);
});
