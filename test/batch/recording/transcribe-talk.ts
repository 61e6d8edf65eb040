import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { OutputFormat } from '../../../lib/subtitles/formats.ts';
import { JournalIndex } from '../../../lib/batch/state/journal-index.ts';
import { RunCosts } from '../../../lib/batch/cost.ts';
import { checkFinished } from '../../../lib/batch/plan/check-finished.ts';
import { transcribeRecording } from '../../../lib/batch/recording/transcribe-recording.ts';
import type { Outcome, RunContext } from '../../../lib/batch/recording/run-context.ts';
import { OutputFolders } from '../../../lib/batch/state/output-folder.ts';
import { chooseBackend } from '../../../lib/engines/choose-backend.ts';
import type { TranscribeOptions } from '../../../lib/transcribe-options.ts';
import { KnownRecording } from '../../support/known-recording.ts';
import {
  type ScriptedClient,
  type ScriptedService,
  startScriptedService,
} from '../../support/scripted-service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export const LEISURE: string = fileURLToPath(new URL('../../../fixtures/leisure.wav', import.meta.url));

export const recording: KnownRecording = await KnownRecording.decode(LEISURE);

/** Starts a service that runs until the end of the test. */
export async function service(
  client: (client: ScriptedClient, index: number) => unknown,
): Promise<ScriptedService> {
  const started = await startScriptedService({ client });
  onTestFinished(() => started.close());
  return started;
}

/** A folder with the recording as `talk.wav`. */
export async function folderWithTalk(): Promise<string> {
  const folder = await temporaryFolder();
  await copyFile(LEISURE, join(folder, 'talk.wav'));
  return folder;
}

interface Call {
  readonly input?: string;
  readonly force?: boolean;
  readonly formats?: readonly OutputFormat[];
  readonly stdin?: Readable;
  readonly transcription?: TranscribeOptions;
}

/** The outcome of a recording, and everything that was reported during the work on it. */
export interface Transcribed extends Outcome {
  /** How much was recognised before, in ms. */
  readonly resumed: number[];
  readonly warnings: string[];
}

/** Transcribes `talk.wav` of a folder as a run does; undefined when it is finished already. */
export async function transcribed(
  folder: string,
  url: string,
  call: Call = {},
): Promise<Transcribed | undefined> {
  const { input = join(folder, 'talk.wav'), force = false, formats = ['txt'], transcription = {} } = call;
  const folders = new OutputFolders(() => {});
  try {
    const options = { force, formats, settings: ['same'], journals: new JournalIndex() };
    const checked = await checkFinished({ input, folder, stem: 'talk' }, folders, options);
    if (!('pending' in checked)) return undefined;
    const engine = await chooseBackend({ engine: 'cloud', baseUrl: url });
    const reported = { resumed: [] as number[], warnings: [] as string[] };
    const run: RunContext = {
      backend: engine,
      firstEngine: 'cloud',
      costs: new RunCosts(undefined, {}, 0),
      formats,
      transcription: { ...transcription, engine },
      stdin: call.stdin ?? Readable.from([]),
      onEvent(event) {
        if (event.type === 'resume') reported.resumed.push(event.detail.doneMs);
        if (event.type === 'warning') reported.warnings.push(event.detail.code);
      },
      onRecognized() {},
    };
    return { ...(await transcribeRecording(checked.pending, run)), ...reported };
  } finally {
    await folders.close();
  }
}

/** The lines of an output. */
export async function text(folder: string, name = 'talk.txt'): Promise<string[]> {
  return (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');
}

/** Recognises the audio up to a time, and fails there. */
export async function failAt(ms: number, client: ScriptedClient, code = 'InternalError'): Promise<void> {
  await recording
    .recognise(client, (endMs) => {
      if (endMs < ms) return;
      client.fail(code, 'oops');
      throw new Error('over');
    })
    .catch(() => {});
}
