import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Claim } from '../../../lib/batch/state/locks/claim.ts';
import { Journal } from '../../../lib/batch/state/journal/journal.ts';
import { readJournal } from '../../../lib/batch/state/journal/read-journal.ts';
import { JournalIndex } from '../../../lib/batch/state/journal-index.ts';
import { finalSentence } from '../../subtitles/cues/final-sentence.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const KEY = { input: 'talk.mp3', content: 'abc', parameters: 'p' };
const RECORD = { durationMs: 2000, sentences: 2, engine: 'cloud', model: 'm', isPartial: false } as const;
const FIRST = finalSentence('first', 0, 900);
const SECOND = { ...finalSentence('second', 1000, 1900), sentence_id: 2 };

/** Writes a journal into the state folder of a folder. */
async function journalIn(folder: string, sentences: (typeof FIRST)[], isFinished: boolean): Promise<string> {
  const statePath = join(folder, '.fun-asr');
  await mkdir(statePath, { recursive: true });
  const { journal } = await Journal.open(statePath, KEY);
  for (const sentence of sentences) await journal.add({ sentence });
  if (isFinished) await journal.add({ finished: RECORD });
  await journal.close();
  return statePath;
}

it('prefers a finished journal to an own one that is not', async () => {
  const root = await temporaryFolder();
  const own = await journalIn(root, [FIRST], false);
  await journalIn(join(root, 'sub'), [FIRST, SECOND], true);
  const index = await JournalIndex.of([root, join(root, 'sub')]);
  expect((await index.read(KEY, own)).finished).toEqual(RECORD);
  await index.bring(KEY, own, new Claim(own));
  expect((await readJournal(own, KEY)).finished).toEqual(RECORD);
});

it('prefers the journal that has most of the recording, and the own one of two that have the same', async () => {
  const root = await temporaryFolder();
  const own = await journalIn(root, [FIRST], false);
  await journalIn(join(root, 'same'), [FIRST], false);
  await journalIn(join(root, 'more'), [FIRST, SECOND], false);
  const index = await JournalIndex.of([root], [root]);
  expect((await index.read(KEY, own)).sentences).toHaveLength(2);
});

it('finds the text in a folder that all recordings have left', async () => {
  const root = await temporaryFolder();
  await journalIn(join(root, 'left', 'deep'), [FIRST], true);
  const index = await JournalIndex.of([join(root, 'new')], [root]);
  expect((await index.read(KEY, join(root, 'new', '.fun-asr'))).finished).toEqual(RECORD);
});

it('brings nothing when a journal was noted that was never written', async () => {
  const root = await temporaryFolder();
  const index = new JournalIndex();
  index.add(KEY, join(root, 'other', '.fun-asr'));
  await index.bring(KEY, join(root, '.fun-asr'), new Claim(join(root, '.fun-asr')));
  expect((await index.read(KEY, join(root, '.fun-asr'))).sentences).toEqual([]);
});
