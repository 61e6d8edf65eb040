import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Journal } from '../../lib/batch/state/journal/journal.ts';
import { type JournalEntry } from '../../lib/batch/state/journal/journal-entry.ts';
import { stateFolder } from '../../lib/batch/state/output-folder.ts';
import { type PlannedRecording, planOutputs } from '../../lib/batch/plan/output-plan.ts';
import { previewBatch, type RecordingPreview } from '../../lib/batch/preview.ts';
import { settingsDigest } from '../../lib/batch/state/settings.ts';
import { keyOf } from './ledger-key.ts';
import { finalSentence } from '../subtitles/cues/final-sentence.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HIMSELF = new URL('../../fixtures/himself.ogg', import.meta.url).pathname;

async function recordings(...names: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of names) await copyFile(HIMSELF, join(folder, name));
  return folder;
}

it('reports what a run will do and cost, without a key, and writes nothing', async () => {
  const folder = await recordings('a.ogg');
  const options = { inputs: [folder], transcription: { engine: 'cloud' } } as const;
  const previews: RecordingPreview[] = [];
  for await (const preview of previewBatch(options, () => {}))
    if (preview.type === 'plan') previews.push(preview);
  expect(previews).toMatchObject([
    { action: 'transcribe', outputs: [join(folder, 'a.srt'), join(folder, 'a.jsonl')] },
  ]);
  expect(previews[0]?.currency).toBe('USD');
  expect(await readdir(folder)).toEqual(['a.ogg']);
});

describe('a recording that an earlier run has begun', () => {
  async function begun(entry: (durationMs: number) => JournalEntry) {
    const folder = await recordings('a.ogg');
    const options = { inputs: [folder], transcription: { engine: 'cloud' } } as const;
    const look = async (force = false) => {
      for await (const preview of previewBatch({ ...options, force }, () => {}))
        return preview as RecordingPreview;
      return undefined;
    };
    const whole = await look();
    const [plan] = planOutputs([{ input: join(folder, 'a.ogg'), subfolder: '' }]);
    await mkdir(stateFolder(folder));
    const key = await keyOf(plan as PlannedRecording, settingsDigest('cloud', options.transcription));
    const { journal } = await Journal.open(stateFolder(folder), key);
    await journal.add(entry(Number(whole?.durationMs)));
    await journal.close();
    return { whole, rest: await look(), forced: await look(true) };
  }

  it.each<[string, (durationMs: number) => JournalEntry]>([
    ['the part after the last sentence', (ms) => ({ sentence: finalSentence('half of it', 0, ms / 2) })],
    ['its gaps', (ms) => ({ gaps: [{ beginMs: ms / 4, endMs: (ms * 3) / 4, retries: 1 }], lengthMs: ms })],
  ])('costs as much as %s', async (_, entry) => {
    const { whole, rest, forced } = await begun(entry);
    expect(rest).toMatchObject({ action: 'complete', durationMs: whole?.durationMs });
    expect(rest?.estimatedCost).toBeCloseTo(Number(whole?.estimatedCost) / 2, 8);
    expect(forced).toEqual(whole);
  });

  it('fails when three runs have not closed its gap', async () => {
    const { whole, rest, forced } = await begun((ms) => ({
      gaps: [{ beginMs: 0, endMs: ms / 2, retries: 3 }],
      lengthMs: ms,
    }));
    expect(rest).toMatchObject({ action: 'fail', error: { code: 'E_SERVER_SPAN' } });
    expect(forced).toEqual(whole);
  });
});

it('reports that a recording longer than the limit will fail, even if its file is small', async () => {
  const folder = await recordings('a.ogg');
  const transcription = { engine: 'cloud', maxDurationMs: 1000 } as const;
  const previews: RecordingPreview[] = [];
  for await (const preview of previewBatch({ inputs: [folder], transcription }, () => {}))
    if (preview.type === 'plan') previews.push(preview);
  expect(previews).toMatchObject([
    { action: 'fail', estimatedCost: null, error: { code: 'E_DURATION_LIMIT' } },
  ]);
});

it.each(['stop', 'signal'] as const)('ends in the middle when %s is aborted', async (name) => {
  const folder = await recordings('a.ogg', 'b.ogg', 'c.ogg');
  const abort = new AbortController();
  const transcription = { engine: 'cloud', [name]: abort.signal } as const;
  const seen: RecordingPreview[] = [];
  const looking = async (): Promise<void> => {
    for await (const preview of previewBatch({ inputs: [folder], transcription }, () => {})) {
      if (preview.type === 'plan') seen.push(preview);
      abort.abort();
    }
  };
  await expect(looking()).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
  expect(seen).toHaveLength(1);
});
