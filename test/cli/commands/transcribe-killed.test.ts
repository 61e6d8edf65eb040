import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { type JournalEntry } from '../../../lib/batch/state/journal/journal-entry.ts';
import { KnownRecording } from '../../support/known-recording.ts';
import { type ScriptedClient, startScriptedService } from '../../support/scripted-service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { FINISHED_STATE, stateFiles } from '../../support/state-files.ts';
import { cli, FIXTURES, jsonLines, Program } from '../run-cli.ts';

const LEISURE = `${FIXTURES}leisure.wav`;

let recording: KnownRecording;
beforeAll(async () => {
  recording = await KnownRecording.decode(LEISURE);
});

/** Creates a folder with the recording, and starts a service that recognises it. */
async function prepare(recognise: (client: ScriptedClient, index: number) => unknown) {
  const folder = await temporaryFolder();
  await copyFile(LEISURE, join(folder, 'talk.wav'));
  const service = await startScriptedService({ client: recognise });
  onTestFinished(() => service.close());
  const args = ['transcribe', folder, '--base-url', service.url, '-f', 'srt,jsonl,txt'];
  return { folder, args, clients: service.clients };
}

/** End time of the last final sentence in the journal of the folder, in ms. */
async function lastFinalMs(folder: string): Promise<number> {
  const state = join(folder, '.fun-asr');
  const name = (await readdir(state)).find((entry) => entry.endsWith('.journal.jsonl'));
  const content = name === undefined ? '' : await readFile(join(state, name), 'utf8');
  const [, ...lines] = content.slice(0, content.lastIndexOf('\n') + 1).split('\n');
  const entry = jsonLines(lines.join('\n')).at(-1) as JournalEntry | undefined;
  return entry?.sentence?.end_time ?? 0;
}

/** The contents of the outputs, without the fields that differ from task to task. */
async function transcript(folder: string) {
  const [srt, jsonl, txt] = await Promise.all(
    ['srt', 'jsonl', 'txt'].map((format) => readFile(join(folder, `talk.${format}`), 'utf8')),
  );
  const sentences = jsonLines(String(jsonl)).map((sentence) => ({
    ...sentence,
    request_id: '',
    usage: null,
  }));
  return { srt, txt, sentences };
}

/** The outputs of a run without interruption. */
async function uninterrupted() {
  const { folder, args } = await prepare((client) => recording.recognise(client));
  expect((await cli(args)).exitCode).toBe(0);
  return transcript(folder);
}

it.each([
  ['asap', [500, 2500, 2500, 6000, 7100]],
  ['20', [1500, 2000, 5000]],
])(
  'at pace %s, a run that is killed repeatedly gives the same outputs and sends no final audio again',
  async (pace, killsMs) => {
    let program: Program | undefined;
    const { folder, args, clients } = await prepare((client, task) =>
      recording.recognise(client, async (endMs, beginMs) => {
        if (endMs < (killsMs[task] ?? Infinity)) return;
        // Kills every second run only when the journal contains all sentences sent so far.
        const finalMs = task % 2 === 1 ? beginMs : 0;
        while ((await lastFinalMs(folder)) < finalMs) await wait(5);
        program?.process.kill('SIGKILL');
        await new Promise(() => {});
      }),
    );
    let finalMs = 0;
    for (const [task] of killsMs.entries()) {
      program = new Program([...args, '--pace', pace]);
      expect((await program.finished()).exitCode).toBeNull();
      expect(recording.startMs(clients[task] as ScriptedClient)).toBe(finalMs);
      expect((await readdir(folder)).sort()).toEqual(['.fun-asr', 'talk.wav']);
      finalMs = await lastFinalMs(folder);
    }
    expect(finalMs).toBeGreaterThan(0);
    const last = await cli([...args, '--json']);
    expect(last.exitCode).toBe(0);
    expect(last.stderr).toContain('where an earlier run stopped');
    expect(recording.startMs(clients.at(-1) as ScriptedClient)).toBe(finalMs);
    const remainingMs = recording.durationMs - finalMs;
    expect(jsonLines(last.stdout)).toMatchObject([
      { status: 'done', durationMs: 7100, sentences: recording.text.length, partial: false },
      { type: 'summary', sentSeconds: remainingMs / 1000, billedSeconds: Math.ceil(remainingMs / 1000) },
    ]);
    expect(await transcript(folder)).toEqual(await uninterrupted());
    expect(await stateFiles(folder)).toEqual(FINISHED_STATE);
  },
);
