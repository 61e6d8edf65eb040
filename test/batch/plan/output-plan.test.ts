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

describe('names', () => {
  it('lose their extension', () => {
    expect(plan(['a/talk.one.mp3'])).toEqual([{ input: 'a/talk.one.mp3', folder: 'a', stem: 'talk.one' }]);
  });

  it('keep it where two would be alike, also when only in case or composition', () => {
    expect(stems(['talk.mp3', 'talk.wav', 'other.mp3'])).toEqual(['talk.mp3', 'talk.wav', 'other']);
    expect(stems(['Talk.mp3', 'talk.wav'])).toEqual(['Talk.mp3', 'talk.wav']);
    expect(stems(['caf\u00e9.mp3', 'cafe\u0301.wav'])).toEqual(['caf\u00e9.mp3', 'cafe\u0301.wav']);
  });

  it('keep it where two would be alike because one folder has two names', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'real'));
    await symlink('real', join(root, 'link'));
    expect(stems([join(root, 'real/talk.mp3'), join(root, 'link/talk.wav')])).toEqual([
      'talk.mp3',
      'talk.wav',
    ]);
  });

  it('give way again when a new one was taken all along', () => {
    expect(stems(['talk.mp3', 'talk.wav', 'talk.mp3.ogg'])).toEqual(['talk.mp3', 'talk.wav', 'talk.mp3.ogg']);
  });

  it('are told apart by their path where the extension is not enough', () => {
    const [first, second] = stems(['a/talk.mp3', 'b/talk.mp3'], 'out');
    expect(first).toMatch(/^talk\.mp3~[0-9a-f]{8}$/);
    expect(second).toMatch(/^talk\.mp3~[0-9a-f]{8}$/);
    expect(first).not.toBe(second);
  });

  it('are shortened when an output would be too long for a disk, at a whole character', () => {
    const [stem = ''] = stems([`${'語'.repeat(84)}.mp3`]);
    expect(Buffer.byteLength(`${stem}.partial.jsonl`)).toBeLessThanOrEqual(255);
    expect(stem).toMatch(/^語+~[0-9a-f]{8}$/u);
  });

  it('are never alike', () => {
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

describe('folders', () => {
  it('are those of the inputs', () => {
    expect(plan(['talk.mp3', '/x/y.mp3']).map(({ folder }) => folder)).toEqual(['.', '/x']);
  });

  it('are kept below an output folder', () => {
    const recordings = [{ input: 'talks/day1/a.mp3', subfolder: 'day1' }];
    expect(planOutputs(recordings, 'out')).toEqual([
      { input: 'talks/day1/a.mp3', folder: 'out/day1', stem: 'a' },
    ]);
  });
});

it('standard input goes to the current folder, as stdin', () => {
  expect(plan(['-'])).toEqual([{ input: '-', folder: '.', stem: 'stdin' }]);
});
