import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerKey } from '../../../../lib/batch/state/ledger/ledger-entry.ts';
import { dropJournal, Journal } from '../../../../lib/batch/state/journal/journal.ts';
import { type JournalEntry } from '../../../../lib/batch/state/journal/journal-entry.ts';
import { readJournal, recordingGapsOf } from '../../../../lib/batch/state/journal/read-journal.ts';
import { finalSentence } from '../../../subtitles/cues/final-sentence.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const KEY = { input: '../talk.mp3', content: '1-2-3', parameters: 'abc' };
const FIRST = { ...finalSentence('first', 0, 900), usage: { duration: 1 }, of_the_service: 'own' };
const SECOND = { ...finalSentence('second', 1000, 1900), sentence_id: 2 };

/** A folder with the journal of a run that was killed. */
async function killed(...sentences: (typeof FIRST | typeof SECOND)[]) {
  const folder = await temporaryFolder();
  const { journal } = await Journal.open(folder, KEY);
  for (const sentence of sentences) await journal.add({ sentence });
  await journal.close();
  const [name] = await readdir(folder);
  return { folder, path: join(folder, String(name)) };
}

/** The sentences that a later run finds. */
async function sentencesIn(folder: string, key: LedgerKey = KEY) {
  const { journal, sentences } = await Journal.open(folder, key);
  await journal.close();
  return sentences;
}

describe('a journal', () => {
  it('gives its sentences to a later run, which appends to it', async () => {
    const { folder } = await killed(FIRST);
    const second = await Journal.open(folder, KEY);
    expect(second.sentences).toEqual([FIRST]);
    await second.journal.add({ sentence: SECOND });
    await second.journal.close();
    expect(await sentencesIn(folder)).toEqual([FIRST, SECOND]);
    expect((await readJournal(folder, KEY)).sentences).toEqual([FIRST, SECOND]);
  });

  it.each([
    ['another state of the recording', { ...KEY, content: '1-2-4' }],
    ['other settings', { ...KEY, parameters: 'abd' }],
  ])('of %s is another one', async (_, key) => {
    const { folder } = await killed(FIRST);
    expect((await readJournal(folder, key)).sentences).toEqual([]);
    expect(await sentencesIn(folder, key)).toEqual([]);
    expect(await sentencesIn(folder)).toEqual([FIRST]);
  });

  it('belongs to a content, whatever the name of the file', async () => {
    const { folder } = await killed(FIRST);
    expect(await sentencesIn(folder, { ...KEY, input: 'other.mp3' })).toEqual([FIRST]);
  });

  it('of a finished recording says so, until a line follows', async () => {
    const { folder } = await killed(FIRST);
    const finished = { durationMs: 9, sentences: 1, engine: 'local', model: 'm', isPartial: false } as const;
    const { journal } = await Journal.open(folder, KEY);
    await journal.finish(finished);
    expect(await readJournal(folder, KEY)).toMatchObject({ finished, sentences: [FIRST] });
    const later = await Journal.open(folder, KEY);
    await later.journal.add({ sentence: SECOND });
    await later.journal.close();
    expect(await readJournal(folder, KEY)).not.toHaveProperty('finished');
  });

  it('of standard input is removed at the end', async () => {
    const folder = await temporaryFolder();
    const key = { ...KEY, content: null };
    const { journal } = await Journal.open(folder, key);
    await journal.add({ sentence: FIRST });
    const [name] = await readdir(folder);
    expect(await readFile(join(folder, String(name)), 'utf8')).toContain('first');
    expect((await readJournal(folder, key)).sentences).toEqual([]);
    await journal.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is kept when it has an entry, until the recording is finished or begun again', async () => {
    const folder = await temporaryFolder();
    const open = async () => (await Journal.open(folder, KEY)).journal;
    await (await open()).close();
    expect(await readdir(folder)).toEqual([]);
    const journal = await open();
    await journal.add({ sentence: FIRST });
    await journal.close();
    expect(await readdir(folder)).toHaveLength(1);
    await (await open()).remove();
    expect(await readdir(folder)).toEqual([]);
    const another = await open();
    await another.add({ sentence: FIRST });
    await another.close();
    await dropJournal(folder, KEY);
    await dropJournal(folder, KEY);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is named in the error when it cannot be written', async () => {
    const folder = join(await temporaryFolder(), 'gone');
    await expect(Journal.open(folder, KEY)).rejects.toMatchObject({
      code: 'E_WRITE',
      message: expect.stringContaining(folder),
    });
  });
});

describe('a damaged journal', () => {
  it('that is cut at any byte has all sentences before it, and loses none that are appended', async () => {
    const { folder, path } = await killed(FIRST, SECOND, { ...SECOND, text: '三番目', sentence_id: 3 });
    const whole = await readFile(path);
    const ends = [...whole.entries()].flatMap(([at, byte]) => (byte === 10 ? [at + 1] : []));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), async (length) => {
        await writeFile(path, whole);
        await truncate(path, length);
        const cut = await Journal.open(folder, KEY);
        const kept = Math.max(0, ends.filter((end) => end <= length).length - 1);
        expect(cut.sentences).toHaveLength(kept);
        await cut.journal.add({
          sentence: { ...finalSentence('next', 5000, 6000), sentence_id: kept + 1 },
        });
        await cut.journal.close();
        expect((await sentencesIn(folder)).map(({ sentence_id }) => sentence_id)).toEqual(
          Array.from({ length: kept + 1 }, (__, index) => index + 1),
        );
      }),
      { numRuns: 100, examples: ends.map((end) => [end]) },
    );
  });

  it.each(['null', '7', '{}', '{"sentence_id":2,"text":"x","words":[],"sentence_end":false,"end_time":5}'])(
    'by a line %s ends before it',
    async (line) => {
      const { folder, path } = await killed(FIRST, SECOND);
      const lines = (await readFile(path, 'utf8')).split('\n');
      await writeFile(path, lines.toSpliced(2, 0, line).join('\n'));
      expect(await sentencesIn(folder)).toEqual([FIRST]);
    },
  );
});

describe('the last sentence of a journal', () => {
  it('is removed when the audio that was sent may have cut it', async () => {
    const { folder } = await killed(FIRST);
    const { journal } = await Journal.open(folder, KEY);
    await journal.add({ sentence: SECOND });
    await journal.withdrawCut(2000);
    await journal.close();
    expect(await sentencesIn(folder)).toEqual([FIRST]);
  });

  it('stays when audio was sent after it, or an earlier run has written it', async () => {
    const { folder } = await killed(FIRST);
    const { journal } = await Journal.open(folder, KEY);
    await journal.withdrawCut(900);
    await journal.add({ sentence: SECOND });
    await journal.withdrawCut(3000);
    await journal.close();
    expect(await sentencesIn(folder)).toEqual([FIRST, SECOND]);
  });

  it('leaves no journal when it was the only one', async () => {
    const folder = await temporaryFolder();
    const { journal } = await Journal.open(folder, KEY);
    await journal.add({ sentence: FIRST });
    await journal.withdrawCut(900);
    await journal.close();
    expect(await readdir(folder)).toEqual([]);
  });
});

const LOSS = { code: 'W_TRUNCATED', message: 'the end is missing', hint: null, requestId: 'r' } as const;
const GAP = { beginMs: 900, endMs: 1000, retries: 0 };

async function journalOf(...entries: JournalEntry[]) {
  const folder = await temporaryFolder();
  const { journal } = await Journal.open(folder, KEY);
  for (const entry of entries) await journal.add(entry);
  await journal.close();
  return await read(folder);
}

/** What a journal holds, with the gaps and the length of all channels together. */
async function read(folder: string) {
  const { channels, ...others } = await readJournal(folder, KEY);
  return { gaps: [], ...others, ...channels.get(undefined) };
}

describe('a journal with losses and gaps', () => {
  it('gives them to the next run', async () => {
    const first = { sentence: FIRST };
    const second = { sentence: SECOND, losses: [LOSS], gaps: [GAP], lengthMs: null };
    expect(await journalOf(first, second)).toMatchObject({
      sentences: [FIRST, SECOND],
      losses: [LOSS],
      gaps: [GAP],
      lengthMs: null,
    });
  });

  it('is kept when it has no sentence', async () => {
    expect(await journalOf({ gaps: [GAP], lengthMs: 1000 })).toMatchObject({
      sentences: [],
      gaps: [GAP],
      lengthMs: 1000,
    });
  });

  it('has the gaps of its last entry', async () => {
    const entries = [{ gaps: [GAP], lengthMs: null }, { sentence: SECOND }, { gaps: [], lengthMs: 2000 }];
    expect(await journalOf(...entries)).toMatchObject({ gaps: [], lengthMs: 2000 });
  });

  it('has the rest of a gap that an interrupted run has begun to close, and sentences by time', async () => {
    const gap = { beginMs: 0, endMs: 1000, retries: 0 };
    const sentence = { sentence: SECOND, gaps: [gap], lengthMs: 2000 };
    expect(await journalOf(sentence, { sentence: FIRST })).toMatchObject({
      sentences: [FIRST, SECOND],
      gaps: [{ ...gap, beginMs: 900 }],
    });
  });

  it('drops an entry with the cut sentence and everything that was given up before it', async () => {
    const folder = await temporaryFolder();
    const { journal } = await Journal.open(folder, KEY);
    await journal.add({ sentence: FIRST });
    await journal.add({ sentence: SECOND, losses: [LOSS], gaps: [GAP], lengthMs: null });
    await journal.withdrawCut(2000);
    await journal.close();
    expect(await read(folder)).toMatchObject({ sentences: [FIRST], losses: [], gaps: [] });
  });

  it.each([
    { gaps: [{ beginMs: 1, endMs: 'x', retries: 0 }] },
    { sentence: FIRST, losses: [{ code: 1 }] },
    { sentence: FIRST, gaps: 7 },
    { gaps: [GAP], lengthMs: 'long' },
    { losses: [LOSS] },
  ])('ends before the entry %j, which is damaged', async (entry) => {
    const folder = await temporaryFolder();
    const { journal } = await Journal.open(folder, KEY);
    await journal.add({ sentence: FIRST });
    await journal.add(entry as object);
    await journal.add({ sentence: SECOND });
    await journal.close();
    expect(await read(folder)).toMatchObject({ sentences: [FIRST], losses: [], gaps: [] });
  });
});

describe('a journal of separate channels', () => {
  const left = (text: string, begin: number, end: number): JournalEntry => ({
    channel: 0,
    sentence: { ...finalSentence(text, begin, end), channel_id: 0 },
  });
  const right = (text: string, begin: number, end: number): JournalEntry => ({
    channel: 1,
    sentence: { ...finalSentence(text, begin, end), channel_id: 1 },
  });

  it('gives sentences by time, and a position of its own for each channel', async () => {
    const folder = await temporaryFolder();
    const { journal } = await Journal.open(folder, KEY);
    await journal.add(left('one', 0, 900));
    await journal.add(left('three', 2000, 2900));
    await journal.add(right('two', 1000, 1900));
    await journal.add({ channel: 1, gaps: [], lengthMs: 5000 });
    await journal.close();
    const journaled = await readJournal(folder, KEY);
    expect(journaled.sentences.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(recordingGapsOf(journaled, 0).parts).toEqual([{ fromMs: 2900, channel: 0 }]);
    expect(recordingGapsOf(journaled, 1).parts).toEqual([]);
  });

  it('withdraws a cut sentence that is followed by one of another channel', async () => {
    const folder = await temporaryFolder();
    const { journal } = await Journal.open(folder, KEY);
    await journal.add(left('one', 0, 900));
    await journal.add(left('cut', 1000, 1950));
    await journal.add(right('two', 1100, 1500));
    await journal.withdrawCut(2000, 0);
    await journal.withdrawCut(3000, 1);
    await journal.close();
    const journaled = await readJournal(folder, KEY);
    expect(journaled.sentences.map(({ text }) => text)).toEqual(['one', 'two']);
    expect([0, 1].map((channel) => recordingGapsOf(journaled, channel).endMs)).toEqual([900, 1500]);
  });

  it('does not take the channel_id that the service sets in every sentence for a channel of its own', async () => {
    const folder = await temporaryFolder();
    const { journal } = await Journal.open(folder, KEY);
    await journal.add({ sentence: { ...FIRST, channel_id: 0 } });
    await journal.close();
    expect(recordingGapsOf(await readJournal(folder, KEY)).parts).toEqual([{ fromMs: 900 }]);
  });
});
