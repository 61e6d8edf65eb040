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

interface Left {
  readonly exitCode: number | null;
  readonly stdout: string;
  /** All that was printed, and all that stands in files. */
  readonly everything: string;
  /** What the child processes of the program could see: their environment, and the arguments of both. */
  readonly seenByChildren: string;
  readonly keysGot: readonly (string | undefined)[];
}

/** Transcribes a recording with the canary as its key. */
async function transcribed(script: ServiceScript, ...flags: string[]): Promise<Left> {
  const keysGot: (string | undefined)[] = [];
  const service = await startScriptedService({
    ...script,
    upgrade(request, socket) {
      keysGot.push(request.headers.authorization);
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
      env: { DASHSCOPE_API_KEY: CANARY, FFMPEG_PATH: await talkativeFfmpeg(children) },
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
    keysGot,
  };
}

/** FFmpeg, which writes down first what it can see. */
async function talkativeFfmpeg(folder: string): Promise<string> {
  const path = join(folder, 'ffmpeg');
  const { path: ffmpeg } = await findFfmpeg();
  const look = `env; echo "$@"; tr '\\0' ' ' < /proc/$PPID/cmdline`;
  await writeFile(path, `#!/bin/sh\n{ ${look}; } >> "${folder}/seen" 2> /dev/null\nexec "${ffmpeg}" "$@"\n`, {
    mode: 0o755,
  });
  return path;
}

const indiscreet: ServiceScript = {
  upgrade: (request, socket) => {
    const body = JSON.stringify({
      code: 'InvalidApiKey',
      message: `Wrong: ${request.headers.authorization}`,
    });
    return respond(401, body)(request, socket);
  },
};

const hostile: ServiceScript = {
  client: async (client) => {
    await client.startTask();
    await client.action('finish-task');
    const texts = ATTACKS.slice(0, 30);
    texts.forEach((text, at) => client.final(text, at * 100, at * 100 + 90, { emo_tag: text, [text]: text }));
    await client.finishTask();
  },
};

describe('the key is nowhere in what a run leaves', () => {
  it.each([['--verbose'], ['--quiet'], ['--json'], ['--dry-run']])(
    'that goes well, with %s',
    async (flag) => {
      const left = await transcribed(hostile, '--output-format', 'all', flag);
      expect(left.exitCode).toBe(0);
      expect(left.keysGot).toEqual(flag === '--dry-run' ? [] : [`Bearer ${CANARY}`]);
      expect(left.seenByChildren).toContain('PATH=');
      expect(leaks(left.everything + left.seenByChildren)).toEqual([]);
    },
  );

  it.each([['--verbose'], ['--json']])(
    'whose key is refused by a service that repeats it, with %s',
    async (flag) => {
      const left = await transcribed(indiscreet, flag);
      expect(left.exitCode).toBe(4);
      expect(left.everything).toContain('E_AUTH');
      expect(leaks(left.everything + left.seenByChildren)).toEqual([]);
    },
  );
});

it('no text of a service reaches the terminal or a file as a command', async () => {
  const { stdout, everything } = await transcribed(hostile, '--output-format', 'all', '--json', '--verbose');
  expect(jsonLines(stdout)).toMatchObject([{ status: 'done', sentences: 30 }, { type: 'summary' }]);
  expect(everything).not.toMatch(RAW_CONTROLS);
});
