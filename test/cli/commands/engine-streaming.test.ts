import { cp, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { copyVoiceDetector } from '../../support/voice-detector.ts';
import { cli, FIXTURES, jsonLines } from '../run-cli.ts';

const MODEL = `${FIXTURES}models/streaming-transducer`;
const ONE_LINE = /^error: [^\n]*\n$/;

/** An environment whose only model is the voice detector of the installed one. */
async function withVoiceDetector(): Promise<Record<string, string>> {
  const cache = await temporaryFolder();
  await copyVoiceDetector(join(cache, 'fun-asr-streams/models'));
  return { XDG_CACHE_HOME: cache, DASHSCOPE_API_KEY: '' };
}

async function copyOfModel(): Promise<string> {
  const folder = join(await temporaryFolder(), 'streaming-zh');
  await cp(MODEL, folder, { recursive: true });
  return folder;
}

describe('fun-asr engine add with a streaming model', () => {
  it('adds it, and transcribe and live recognise with it, with punctuation', async () => {
    const env = await withVoiceDetector();
    const folder = await copyOfModel();
    const added = await cli(['engine', 'add', folder, '--name', 'mine'], { env });
    expect(added).toMatchObject({ exitCode: 0, stderr: `mine: added (transducer, zh), in ${folder}\n` });
    await cli(['engine', 'add', `${FIXTURES}models/punctuation`, '--languages', 'zh'], { env });
    const input = `${FIXTURES}ill-disposed.mp3`;
    const { stdout } = await cli(['transcribe', input, '-o', '-', '-f', 'jsonl', '--model', 'mine'], { env });
    const [sentence] = jsonLines(stdout);
    expect(sentence).toMatchObject({
      text: expect.stringMatching(/^[你好我是今天的水，。？]{8,}。$/u) as string,
    });
    expect(sentence).not.toHaveProperty('word_times');
    const source = ['--driver', 'lavfi', '--device', `amovie=${input}`];
    const live = await cli(
      ['live', '-f', 'txt', '-o', await temporaryFolder(), ...source, '--model', folder],
      { env },
    );
    expect(live.stdout).toBe(`${String(sentence?.['text'])}\n`);
  });

  it.each([
    [
      'a missing file',
      (folder: string) => rm(join(folder, 'joiner-epoch-1-avg-1.onnx')),
      /joiner\.onnx is missing/,
    ],
    [
      'an incomplete file',
      (folder: string) => truncate(join(folder, 'encoder-epoch-1-avg-1.onnx'), 1000),
      /encoder-epoch-1-avg-1\.onnx is incomplete or not an ONNX file/,
    ],
  ])('refuses %s with one line', async (_, damage, reason) => {
    const env = await withVoiceDetector();
    const folder = await copyOfModel();
    await damage(folder);
    for (const command of [
      ['engine', 'add', folder],
      ['transcribe', `${FIXTURES}leisure.wav`, '--model', folder],
    ]) {
      const { exitCode, stdout, stderr } = await cli(command, { env });
      expect([exitCode, stdout]).toEqual([2, '']);
      expect(stderr.replace(/^warning: Decoding with the FFmpeg .*\n/m, '')).toMatch(ONE_LINE);
      expect(stderr).toMatch(reason);
    }
  });
});
