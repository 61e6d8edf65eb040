import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { KnownRecording } from '../../support/known-recording.ts';
import { type ScriptedClient, startScriptedService } from '../../support/scripted-service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, jsonLines, Program } from '../run-cli.ts';

const LEISURE = fileURLToPath(new URL('../../../fixtures/leisure.wav', import.meta.url));

let recording: KnownRecording;
beforeAll(async () => {
  recording = await KnownRecording.decode(LEISURE);
});

/** A folder with the recording, and a service on which it is being recognised. */
async function atWork(recognise: (client: ScriptedClient, index: number) => unknown) {
  const folder = await temporaryFolder();
  await copyFile(LEISURE, join(folder, 'talk.wav'));
  const service = await startScriptedService({ client: recognise });
  onTestFinished(() => service.close());
  const args = ['transcribe', folder, '--base-url', service.url, '-f', 'srt,jsonl,txt'];
  return { folder, args, clients: service.clients };
}

/** Up to where the one recording of a folder is final, by its journal. */
async function finalIn(folder: string): Promise<number> {
  const state = join(folder, '.fun-asr');
  const name = (await readdir(state)).find((entry) => entry.endsWith('.journal.jsonl'));
  const content = name === undefined ? '' : await readFile(join(state, name), 'utf8');
  const [, ...lines] = content.slice(0, content.lastIndexOf('\n') + 1).split('\n');
  return Number(jsonLines(lines.join('\n')).at(-1)?.['end_time'] ?? 0);
}

/** All that the outputs say, without what every task has of its own. */
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

async function undisturbed() {
  const { folder, args } = await atWork((client) => recording.recognise(client));
  expect((await cli(args)).exitCode).toBe(0);
  return transcript(folder);
}

it.each([
  ['asap', [500, 2500, 2500, 6000, 7100]],
  ['20', [1500, 2000, 5000]],
])(
  'at pace %s, killed again and again, a run gives what an undisturbed one gives, and sends nothing that is final',
  async (pace, deaths) => {
    let program: Program | undefined;
    const { folder, args, clients } = await atWork((client, task) =>
      recording.recognise(client, async (endMs, beginMs) => {
        if (endMs < (deaths[task] ?? Infinity)) return;
        // Now at once, now when all is in the journal that was said.
        const finalMs = task % 2 === 1 ? beginMs : 0;
        while ((await finalIn(folder)) < finalMs) await wait(5);
        program?.process.kill('SIGKILL');
        await new Promise(() => {});
      }),
    );
    let finalMs = 0;
    for (const [task] of deaths.entries()) {
      program = new Program([...args, '--pace', pace]);
      expect((await program.finished()).exitCode).toBeNull();
      expect(recording.startMs(clients[task] as ScriptedClient)).toBe(finalMs);
      expect((await readdir(folder)).sort()).toEqual(['.fun-asr', 'talk.wav']);
      finalMs = await finalIn(folder);
    }
    expect(finalMs).toBeGreaterThan(0);
    const last = await cli([...args, '--json']);
    expect(last.exitCode).toBe(0);
    expect(last.stderr).toContain('goes on from there');
    expect(recording.startMs(clients.at(-1) as ScriptedClient)).toBe(finalMs);
    const leftMs = recording.durationMs - finalMs;
    expect(jsonLines(last.stdout)).toMatchObject([
      { status: 'done', durationMs: 7100, sentences: recording.text.length, partial: false },
      { type: 'summary', sentSeconds: leftMs / 1000, billedSeconds: Math.ceil(leftMs / 1000) },
    ]);
    expect(await transcript(folder)).toEqual(await undisturbed());
    expect(await readdir(join(folder, '.fun-asr'))).toEqual(['ledger.jsonl']);
  },
);
