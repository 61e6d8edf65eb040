import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { findFfmpeg } from '../../lib/audio/ffmpeg/find-ffmpeg.ts';
import type { BatchOptions } from '../../lib/batch/batch-options.ts';
import { transcribeBatch } from '../../lib/batch/batch.ts';
import type { RunEvent } from '../../lib/batch/recording/run-events.ts';
import type { BatchReport, TranscriptionResult } from '../../lib/batch/report/results.ts';
import {
  type ScriptedClient,
  type ScriptedService,
  type ServiceScript,
  startScriptedService,
} from '../support/scripted-service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const FIXTURES: string = new URL('../../fixtures/', import.meta.url).pathname;

/** A folder with copies of a fixture, under some names. Each has a title of its own, so that all contents differ. */
export async function recordings(...names: string[]): Promise<string> {
  const folder = await temporaryFolder();
  const { path } = await findFfmpeg();
  for (const name of names) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    const input = ['-i', join(FIXTURES, 'himself.ogg'), '-c', 'copy', '-metadata', `title=${name}`];
    await promisify(execFile)(path, ['-v', 'error', ...input, join(folder, name)]);
  }
  return folder;
}

/** Starts a service that runs until the end of the test. */
export async function service(script: ServiceScript): Promise<ScriptedService> {
  const started = await startScriptedService(script);
  onTestFinished(() => started.close());
  return started;
}

/** Recognises one sentence in every recording. */
export async function recognise(client: ScriptedClient): Promise<void> {
  await client.startTask();
  await client.action('finish-task');
  client.final('hello there', 0, 1000);
  await client.finishTask();
}

/** Recognises one sentence, and never finishes the task. */
export async function beginAndWait(client: ScriptedClient): Promise<void> {
  await client.startTask();
  client.final('the beginning', 0, 1000);
}

/** Transcribes recordings with a service at a URL. */
export async function run(
  url: string,
  options: Partial<BatchOptions> & Pick<BatchOptions, 'inputs'>,
  onEvent: (event: RunEvent) => void = () => {},
): Promise<{ report: BatchReport; results: TranscriptionResult[] }> {
  const results: TranscriptionResult[] = [];
  const report = await transcribeBatch({
    ...options,
    transcription: { engine: 'cloud', baseUrl: url, ...options.transcription },
    onEvent(event) {
      if (event.type === 'result') results.push(event.detail);
      onEvent(event);
    },
  });
  return { report, results };
}

/** Names of all files and folders below a folder, without the recordings, their kept text and their hashes. */
export async function files(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => !/\.(ogg|mp3)$|\.journal\.jsonl$|content\.jsonl$/.test(name)).sort();
}
