import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CANARY, leaks } from '../../support/canary.ts';
import { type ScriptedClient, startScriptedService } from '../../support/scripted-service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, FIXTURES, jsonLines } from '../run-cli.ts';

const HIMSELF = join(FIXTURES, 'himself.ogg');

/** Transcribes with a trace, at a service that fails every task. */
async function tracedFailure() {
  await using service = await startScriptedService({
    async client(client: ScriptedClient) {
      await client.startTask();
      await client.audioBytes(3200);
      client.fail('InvalidParameter', `what is ${CANARY}?`);
    },
  });
  const folder = await temporaryFolder();
  const trace = join(folder, 'trace.jsonl');
  const args = ['transcribe', HIMSELF, '-o', folder, '--base-url', service.url, '--wire-trace', trace];
  const { exitCode } = await cli(args, { env: { DASHSCOPE_API_KEY: CANARY } });
  return { exitCode, trace, written: await readFile(trace, 'utf8'), taskId: service.clients[0]?.taskId };
}

it('writes a trace that ends with the failure and never contains the key', async () => {
  const { exitCode, trace, written, taskId } = await tracedFailure();
  expect(exitCode).toBe(1);
  const events = jsonLines(written);
  expect(events.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['connection', 'wire', 'task', 'metrics']),
  );
  expect(events.findLast(({ event }) => event === 'metrics')).toMatchObject({ requestId: taskId });
  expect(events.at(-1)).toMatchObject({ event: 'recording', state: 'failed' });
  expect(written).toContain('task-failed');
  expect(leaks(written)).toEqual([]);
  // The trace contains the recognised text: only its owner may read it.
  expect((await stat(trace)).mode & 0o777).toBe(0o600);
});

it('fails before anything is sent when the trace cannot be written', async () => {
  const path = join(await temporaryFolder(), 'missing', 'trace.jsonl');
  const { exitCode, stderr } = await cli(['transcribe', HIMSELF, '--wire-trace', path]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`error: ${path}: cannot write the trace: `);
  expect(stderr).not.toContain('engine:');
});
