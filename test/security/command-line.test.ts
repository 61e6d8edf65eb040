import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findFfmpeg } from '../../lib/audio/ffmpeg/find-ffmpeg.ts';
import { cli, jsonLines } from '../cli/run-cli.ts';
import { CANARY, leaks } from '../support/canary.ts';
import { respond, type ServiceScript, startScriptedService } from '../support/scripted-service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ATTACKS, RAW_CONTROLS } from './attacks.ts';

const HIMSELF = new URL('../../fixtures/himself.ogg', import.meta.url).pathname;

interface RunOutput {
  readonly exitCode: number | null;
  readonly stdout: string;
  /** All output and the contents of all files. */
  readonly everything: string;
  /** What the child processes could read: their environment and arguments, and the arguments of the program. */
  readonly seenByChildren: string;
  readonly receivedKeys: readonly (string | undefined)[];
}

/** Transcribes a recording with the canary as the API key. */
async function transcribe(script: ServiceScript, ...flags: string[]): Promise<RunOutput> {
  const receivedKeys: (string | undefined)[] = [];
  const service = await startScriptedService({
    ...script,
    upgrade(request, socket) {
      receivedKeys.push(request.headers.authorization);
      return script.upgrade?.(request, socket) ?? false;
    },
  });
  onTestFinished(() => service.close());
  const folder = await temporaryFolder();
  const children = await temporaryFolder();
  await copyFile(HIMSELF, join(folder, 'a.ogg'));
  const { exitCode, stdout, stderr } = await cli(
    ['transcribe', folder, '--base-url', service.url, ...flags],
    {
      env: { DASHSCOPE_API_KEY: CANARY, FFMPEG_PATH: await recordingFfmpeg(children) },
    },
  );
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const written = files.filter((file) => file.isFile() && !file.name.endsWith('.ogg'));
  const contents = await Promise.all(
    written.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
  );
  return {
    exitCode,
    stdout,
    everything: [stdout, stderr, ...contents, ...written.map(({ name }) => name)].join('\n'),
    seenByChildren: await readFile(join(children, 'seen'), 'utf8'),
    receivedKeys,
  };
}

/** Creates an FFmpeg wrapper that first records its environment and arguments. */
async function recordingFfmpeg(folder: string): Promise<string> {
  const path = join(folder, 'ffmpeg');
  const { path: ffmpeg } = await findFfmpeg();
  const record = `env; echo "$@"; tr '\\0' ' ' < /proc/$PPID/cmdline`;
  await writeFile(
    path,
    `#!/bin/sh\n{ ${record}; } >> "${folder}/seen" 2> /dev/null\nexec "${ffmpeg}" "$@"\n`,
    {
      mode: 0o755,
    },
  );
  return path;
}

const echoesKey: ServiceScript = {
  upgrade: (request, socket) => {
    const body = JSON.stringify({
      code: 'InvalidApiKey',
      message: `Wrong: ${request.headers.authorization}`,
    });
    return respond(401, body)(request, socket);
  },
};

const sendsAttacks: ServiceScript = {
  client: async (client) => {
    await client.startTask();
    await client.action('finish-task');
    const texts = ATTACKS.slice(0, 30);
    texts.forEach((text, at) => client.final(text, at * 100, at * 100 + 90, { emo_tag: text, [text]: text }));
    await client.finishTask();
  },
};

describe('the output of a run does not contain the key', () => {
  it.each([['--verbose'], ['--quiet'], ['--json'], ['--dry-run']])('after success, with %s', async (flag) => {
    const output = await transcribe(sendsAttacks, '--output-format', 'all', flag);
    expect(output.exitCode).toBe(0);
    expect(output.receivedKeys).toEqual(flag === '--dry-run' ? [] : [`Bearer ${CANARY}`]);
    expect(output.seenByChildren).toContain('PATH=');
    expect(leaks(output.everything + output.seenByChildren)).toEqual([]);
  });

  it.each([['--verbose'], ['--json']])(
    'after a service has refused the key and repeated it, with %s',
    async (flag) => {
      const output = await transcribe(echoesKey, flag);
      expect(output.exitCode).toBe(4);
      expect(output.everything).toContain('E_AUTH');
      expect(leaks(output.everything + output.seenByChildren)).toEqual([]);
    },
  );
});

it('control characters from a service do not reach the terminal or a file', async () => {
  const { stdout, everything } = await transcribe(
    sendsAttacks,
    '--output-format',
    'all',
    '--json',
    '--verbose',
  );
  expect(jsonLines(stdout)).toMatchObject([{ status: 'done', sentences: 30 }, { type: 'summary' }]);
  expect(everything).not.toMatch(RAW_CONTROLS);
});
