import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Claim } from '../../../lib/batch/state/locks/claim.ts';
import { OutputFolder } from '../../../lib/batch/state/output-folder.ts';
import { finishedEntry } from '../ledger-key.ts';
import { type ClaimedRecording, RecordingOutputs } from '../../../lib/batch/recording/recording-outputs.ts';
import { finalSentence } from '../../subtitles/cues/final-sentence.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const KEY = { input: 'talk.mp3', content: '1', parameters: 'p' };
const RECORD = { durationMs: 5000, sentences: 1, engine: 'local', model: 'm', isPartial: false } as const;
/** The part of a recording that was never recognised. */
const REST = { fromMs: 0 };
const SENTENCE = finalSentence('sentence', 0, 900);

async function openFolder(): Promise<OutputFolder> {
  const folder = await OutputFolder.open(await temporaryFolder());
  onTestFinished(() => folder.close());
  return folder;
}

const claimed = (outputFolder: OutputFolder): ClaimedRecording => ({
  outputFolder,
  stem: 'talk',
  key: KEY,
  claim: new Claim(outputFolder.statePath),
});
const create = (folder: OutputFolder) => RecordingOutputs.create(claimed(folder), ['srt', 'jsonl']);
const names = async ({ path }: OutputFolder) =>
  (await readdir(path)).filter((name) => name !== '.fun-asr').sort();
const state = async ({ statePath }: OutputFolder) =>
  (await readdir(statePath)).map((name) => name.replace(/^[\da-f]{32}/, '')).sort();

describe('the outputs of a recording', () => {
  it('get their names when they are complete, not before', async () => {
    const folder = await openFolder();
    const outputs = await create(folder);
    for (let i = 0; i < 2000; i++)
      await outputs.write(REST, finalSentence(`sentence ${i}`, i * 1000, i * 1000 + 900));
    expect(await names(folder)).toEqual([]);
    expect(await outputs.finish(RECORD)).toEqual([
      join(folder.path, 'talk.srt'),
      join(folder.path, 'talk.jsonl'),
    ]);
    expect(await names(folder)).toEqual(['talk.jsonl', 'talk.srt']);
    expect(await finishedEntry(folder.ledger, KEY, ['srt', 'jsonl'])).toBeDefined();
    expect(await state(folder)).toEqual(['.journal.jsonl', 'ledger.jsonl', 'lock']);
  });

  it('are kept as .partial files, and replaced when they are complete', async () => {
    const folder = await openFolder();
    const first = await create(folder);
    await first.write(REST, SENTENCE);
    await first.keepPartial(RECORD);
    expect(await names(folder)).toEqual(['talk.partial.jsonl', 'talk.partial.srt']);
    expect(await finishedEntry(folder.ledger, KEY, ['srt'])).toBeUndefined();
    await (await create(folder)).finish(RECORD);
    expect(await names(folder)).toEqual(['talk.jsonl', 'talk.srt']);
  });

  it('are in the journal first, and begin with the sentences of the journal', async () => {
    const folder = await openFolder();
    const killed = await create(folder);
    await killed.write(REST, SENTENCE);
    const journal = (await readdir(folder.statePath)).find((name) => name.endsWith('.journal.jsonl'));
    expect(await readFile(join(folder.statePath, String(journal)), 'utf8')).toContain('"sentence"');
    await killed.discard();
    expect(await names(folder)).toEqual([]);

    const next = await create(folder);
    expect(next.sentences).toBe(1);
    expect(next.partsOf()).toEqual([{ fromMs: 900 }]);
    await next.write(REST, { ...finalSentence('and more', 1000, 1900), sentence_id: 2 });
    await next.finish(RECORD);
    expect(await readFile(join(folder.path, 'talk.srt'), 'utf8')).toMatch(/sentence[^]*and more/);
  });

  it('contain a sentence that was cut at the end, which the next run recognises again', async () => {
    const folder = await openFolder();
    const stopped = await create(folder);
    await stopped.write(REST, SENTENCE);
    await stopped.write(REST, { ...finalSentence('and mo', 1000, 1950), sentence_id: 2 });
    await stopped.keepPartial(RECORD, new Map([[undefined, 2000]]));
    expect(await readFile(join(folder.path, 'talk.partial.srt'), 'utf8')).toContain('and mo');
    const next = await create(folder);
    expect(next.sentences).toBe(1);
    expect(next.partsOf()).toEqual([{ fromMs: 900 }]);
    await next.discard();
  });

  it('are created all or none, and the journal stays as it was', async () => {
    const folder = await openFolder();
    const killed = await create(folder);
    await killed.write(REST, SENTENCE);
    await killed.discard();
    const formats = ['srt', 'nonsense' as never] as const;
    await expect(RecordingOutputs.create(claimed(folder), formats)).rejects.toThrow('not a function');
    expect(await state(folder)).toEqual(['.journal.jsonl', 'lock']);
    const next = await create(folder);
    expect(next.sentences).toBe(1);
    expect(next.partsOf()).toEqual([{ fromMs: 900 }]);
    await next.discard();
  });

  it('leave nothing when there was no sentence', async () => {
    const folder = await openFolder();
    await (await create(folder)).discard();
    expect(await state(folder)).toEqual(['lock']);
  });

  it('remove no .partial file that another program has written', async () => {
    const folder = await openFolder();
    const outputs = await create(folder);
    await writeFile(join(folder.path, 'talk.partial.srt'), 'by hand');
    await outputs.finish(RECORD);
    expect(await readFile(join(folder.path, 'talk.partial.srt'), 'utf8')).toBe('by hand');
  });

  it('put the sentences of separate channels in the order of time, whichever comes first', async () => {
    const folder = await openFolder();
    const outputs = await RecordingOutputs.create(claimed(folder), ['txt'], { channels: 2 });
    const write = async (channel: number, text: string, begin: number): Promise<void> => {
      await outputs.write({ fromMs: 0, channel }, finalSentence(text, begin, begin + 900));
    };
    await write(0, 'first', 0);
    await write(0, 'third', 2000);
    await write(1, 'second', 1000);
    await write(1, 'fourth', 3000);
    expect(outputs.endOf(0)).toBe(0);
    await outputs.finish(RECORD);
    expect(await readFile(join(folder.path, 'talk.txt'), 'utf8')).toBe('first\nsecond\nthird\nfourth\n');
  });
});
