import { readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecordingOutputs } from '../../../lib/batch/recording/recording-outputs.ts';
import { Claim } from '../../../lib/batch/state/locks/claim.ts';
import { OutputFolder } from '../../../lib/batch/state/output-folder.ts';
import { finalSentence } from '../../subtitles/cues/final-sentence.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const KEY = { input: 'talk.mp3', content: '1', parameters: 'p' };
const RECORD = { durationMs: 1200, sentences: 1, engine: 'cloud', model: 'm', isPartial: false } as const;

/** A recording of twelve sentences of 100 ms. */
const LENGTH_MS = 1200;
const SENTENCE_MS = 100;

/** What happens to a sentence that a run sends: it is recognised, given up, or the run is killed before it. */
type Fate = 'recognised' | 'given up' | 'killed';

/** Sends all parts that are left. @returns Whether the run was killed. */
async function send(outputs: RecordingOutputs, fates: Iterator<Fate>): Promise<boolean> {
  for (const part of outputs.partsOf()) {
    const { fromMs, untilMs = LENGTH_MS } = part;
    let gaps: { beginMs: number; endMs: number }[] = [];
    for (let beginMs = fromMs; beginMs < untilMs; beginMs += SENTENCE_MS) {
      const fate = fates.next().value as Fate;
      const endMs = beginMs + SENTENCE_MS;
      if (fate === 'killed') return true;
      if (fate === 'given up') {
        gaps.push({ beginMs, endMs });
        continue;
      }
      await outputs.write(part, finalSentence(`from ${beginMs} ms`, beginMs, endMs), gaps);
      gaps = [];
    }
    await outputs.completePart(part, untilMs, gaps);
  }
  return false;
}

/** One run. @returns Whether the recording is finished. */
async function run(path: string, fates: Iterator<Fate>, tornBytes: number): Promise<boolean> {
  const folder = await OutputFolder.open(path);
  try {
    const claim = new Claim(folder.statePath);
    const outputs = await RecordingOutputs.create({ outputFolder: folder, stem: 'talk', key: KEY, claim }, [
      'jsonl',
    ]);
    if (await send(outputs, fates)) {
      await outputs.discard();
      await tearJournal(folder.statePath, tornBytes);
      return false;
    }
    if (outputs.gaps.length > 0) await outputs.keepPartial(RECORD);
    else await outputs.finish(RECORD);
    return outputs.gaps.length === 0;
  } finally {
    await folder.close();
  }
}

/** Cuts some bytes off the end of the journal, as a crash may. */
async function tearJournal(statePath: string, bytes: number): Promise<void> {
  const name = (await readdir(statePath)).find((entry) => entry.endsWith('.journal.jsonl'));
  if (name === undefined) return;
  const { length } = await readFile(join(statePath, name));
  await truncate(join(statePath, name), Math.max(0, length - bytes));
}

it('has every sentence once, in its place, however runs are killed and gaps are given up', async () => {
  const fate = fc.oneof(
    { weight: 6, arbitrary: fc.constant<Fate>('recognised') },
    { weight: 2, arbitrary: fc.constant<Fate>('given up') },
    { weight: 1, arbitrary: fc.constant<Fate>('killed') },
  );
  const runs = fc.array(
    fc.record({ fates: fc.array(fate, { maxLength: 30, size: 'max' }), tornBytes: fc.nat(300) }),
    {
      maxLength: 3,
    },
  );
  await fc.assert(
    fc.asyncProperty(runs, async (troubles) => {
      const path = await temporaryFolder();
      for (const { fates, tornBytes } of troubles) {
        if (await run(path, endless(fates), tornBytes)) return;
      }
      expect(await run(path, endless([]), 0)).toBe(true);
      const lines = (await readFile(join(path, 'talk.jsonl'), 'utf8')).trimEnd().split('\n');
      expect(
        lines.map((line) => JSON.parse(line)).map(({ sentence_id, text }) => [sentence_id, text]),
      ).toEqual(
        Array.from({ length: LENGTH_MS / SENTENCE_MS }, (_, index) => [
          index + 1,
          `from ${index * SENTENCE_MS} ms`,
        ]),
      );
      expect((await readdir(path)).sort()).toEqual(['.fun-asr', 'talk.jsonl']);
    }),
    { numRuns: 150 },
  );
});

/** Some fates, and then everything is recognised. */
function* endless(fates: readonly Fate[]): Generator<Fate> {
  yield* fates;
  for (;;) yield 'recognised';
}
