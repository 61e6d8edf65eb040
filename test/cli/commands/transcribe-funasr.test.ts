import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FunasrScript, type FunasrSession, startFunasrServer } from '../../support/funasr-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, FIXTURES, jsonLines } from '../run-cli.ts';

/** Emits a sentence with measured times for each two seconds of audio, as the C++ server does. */
function answer(session: FunasrSession, isFinal: boolean): void {
  const sent = session.results ?? 0;
  const due = Math.floor(session.audioMs / 2000);
  for (let number = sent; number < due; number += 1) {
    const begin = number * 2000 + 200;
    session.result('2pass-offline', '你好。', false, [
      [begin, begin + 800],
      [begin + 800, begin + 1600],
    ]);
  }
  session.results = Math.max(sent, due);
  if (isFinal) session.send({ text: '', is_final: true, timestamp: 1 });
}

const SCRIPT: FunasrScript = {
  audio: (session) => answer(session, false),
  end: (session) => answer(session, true),
};

async function prepare(...names: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of names) await copyFile(`${FIXTURES}${name}`, join(folder, name));
  return folder;
}

describe('transcribe --engine funasr', () => {
  it('transcribes a folder, and does not send finished recordings again', async () => {
    await using server = await startFunasrServer(SCRIPT);
    const folder = await prepare('leisure.wav', 'amiable.m4a');
    const args = ['transcribe', folder, '--engine', 'funasr', '--base-url', server.url, '--json'];
    const first = await cli(args, { env: { DASHSCOPE_API_KEY: 'sk-0123456789abcdef0123' } });
    expect(first.exitCode).toBe(0);
    expect(first.stderr).toContain(`engine: funasr, funasr-2pass (127.0.0.1:${server.port})`);
    expect(jsonLines(first.stdout).slice(0, 2)).toMatchObject([
      { status: 'done', engine: 'funasr', model: 'funasr-2pass', warnings: [] },
      { status: 'done', engine: 'funasr', model: 'funasr-2pass', warnings: [] },
    ]);
    const srt = await readFile(join(folder, 'leisure.srt'), 'utf8');
    expect(srt).toContain('00:00:00,200 -->');
    expect(srt).toContain('你好');
    const sessions = server.sessions.length;
    const again = await cli([...args, '-f', 'srt,vtt']);
    expect(again.exitCode).toBe(0);
    expect(server.sessions).toHaveLength(sessions);
    expect(await readFile(join(folder, 'amiable.vtt'), 'utf8')).toContain('你好');
  });

  it('continues after the last final sentence when the server has died, in the same run and in the next one', async () => {
    let deaths = 2;
    await using server = await startFunasrServer({
      audio: (session, index) => {
        answer(session, false);
        if (deaths > 0 && session.audioMs >= 3000 && session.results === 1) {
          deaths -= 1;
          server.sessions[index]?.socket.close();
        }
      },
      end: (session) => answer(session, true),
    });
    const folder = await prepare('leisure.wav');
    const args = [
      'transcribe',
      folder,
      '--engine',
      'funasr',
      '--base-url',
      server.url,
      '--json',
      '-f',
      'jsonl',
    ];
    const flags = ['--max-retries', '1', '--retry-delay', '1', '--pace', '4'];
    const failed = await cli([...args, '--max-retries', '0', '--pace', '4']);
    expect(failed.exitCode).toBe(1);
    expect(jsonLines(failed.stdout)[0]).toMatchObject({
      status: 'failed',
      error: { code: 'E_CONNECTION_LOST' },
    });
    const resumed = await cli([...args, ...flags]);
    expect(resumed.exitCode).toBe(0);
    expect(resumed.stderr).toContain('where an earlier run stopped');
    expect(server.sessions).toHaveLength(3);
    const sentences = jsonLines(await readFile(join(folder, 'leisure.jsonl'), 'utf8'));
    const begins = sentences.map(({ begin_time }) => Number(begin_time));
    // Each session begins 1800 ms after the one before: at the end of its only sentence.
    expect(begins.slice(0, 3)).toEqual([200, 2000, 3800]);
    expect(sentences.map(({ sentence_id }) => sentence_id)).toEqual(sentences.map((_, index) => index + 1));
  });

  it('sends the hot words of a file, and recognises again when they change', async () => {
    await using server = await startFunasrServer(SCRIPT);
    const folder = await prepare('leisure.wav');
    const words = join(folder, 'hot-words.txt');
    await writeFile(words, '阿里巴巴 20\nTongyi Lab 30\n');
    const args = ['transcribe', join(folder, 'leisure.wav'), '--engine', 'funasr', '--base-url', server.url];
    expect((await cli([...args, '--hot-words', words, '--no-itn'])).exitCode).toBe(0);
    expect(server.sessions[0]?.start).toMatchObject({
      hotwords: '{"阿里巴巴":20,"Tongyi Lab":30}',
      itn: false,
    });
    const plain = await cli([...args, '--force', '--model', 'funasr-2pass']);
    expect(plain.exitCode).toBe(0);
    expect(server.sessions.at(-1)?.start).toMatchObject({ itn: true });
  });

  it.each([
    [['--engine', 'funasr'], '--base-url'],
    [['--engine', 'funasr', '--base-url', 'ws://asr.example.com'], 'unencrypted'],
    [['--engine', 'funasr', '--base-url', 'ws://127.0.0.1:1', '-m', 'moonshine-tiny'], 'funasr-offline'],
    [['--engine', 'local', '--trust-any-certificate'], '--engine funasr'],
  ])('refuses %j with a hint', async (flags, hint) => {
    const folder = await prepare('leisure.wav');
    const { exitCode, stderr } = await cli(['transcribe', folder, ...flags]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(hint);
  });
});
