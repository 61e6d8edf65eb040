import { copyFile, cp, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { copyVoiceDetector } from '../../support/voice-detector.ts';
import { cli, FIXTURES, jsonLines } from '../run-cli.ts';

/** An environment whose only model is the voice detector of the installed one. */
async function withVoiceDetector(): Promise<Record<string, string>> {
  const cache = await temporaryFolder();
  await copyVoiceDetector(join(cache, 'fun-asr-streams/models'));
  return { XDG_CACHE_HOME: cache, DASHSCOPE_API_KEY: '' };
}

async function recordings(...names: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of names) await copyFile(`${FIXTURES}ill-disposed.mp3`, join(folder, name));
  return folder;
}

describe('transcribe --model with a folder', () => {
  it('keeps the text for all paths and names of the same files, until they change', async () => {
    const env = await withVoiceDetector();
    const folder = await recordings('a.mp3');
    const model = join(await temporaryFolder(), 'paraformer-zh');
    await cp(`${FIXTURES}models/paraformer`, model, { recursive: true });
    const link = `${model}-link`;
    await symlink(model, link, 'dir');
    const statusWith = async (name: string): Promise<unknown> => {
      const { stdout, stderr } = await cli(['transcribe', folder, '--json', '--model', name], { env });
      const [result] = jsonLines(stdout);
      return (result as { status?: unknown } | undefined)?.status ?? stderr;
    };
    expect(await statusWith(model)).toBe('done');
    expect(await statusWith(link)).toBe('skipped');
    expect(await statusWith(`${model}/../paraformer-zh/`)).toBe('skipped');
    await cli(['engine', 'add', model, '--name', 'mine'], { env });
    expect(await statusWith('mine')).toBe('skipped');
    await utimes(join(model, 'model.onnx'), 1, 1);
    expect(await statusWith('mine')).toBe('done');
    await cli(['engine', 'add', `${FIXTURES}models/punctuation`, '--languages', 'zh'], { env });
    expect(await statusWith(link)).toBe('done');
  });

  it.each([[[]], [['--dry-run']]])(
    'reports a wrong language once for all recordings, with %j',
    async (flags) => {
      const env = await withVoiceDetector();
      const folder = await recordings('a.mp3', 'b.mp3');
      const model = join(await temporaryFolder(), 'paraformer-zh');
      await cp(`${FIXTURES}models/paraformer`, model, { recursive: true });
      const { exitCode, stderr } = await cli(
        ['transcribe', folder, '--model', model, '--language', 'de', ...flags],
        { env },
      );
      expect(exitCode).toBe(2);
      expect(stderr).toBe(
        `error: the local model ${model} recognises zh only, not de. ` +
          'Add a model that recognises de, with `fun-asr engine add <folder>`, or leave the language out. [E_LANGUAGE]\n',
      );
    },
  );
});

describe('transcribe --language', () => {
  const dryRun = (...flags: string[]) =>
    cli(['transcribe', `${FIXTURES}leisure.wav`, '--dry-run', ...flags], { env: { DASHSCOPE_API_KEY: '' } });

  it('accepts the language in any case and with a region', async () => {
    for (const language of ['EN', 'en-US', 'en_GB', 'eng'])
      expect(await dryRun('--model', 'moonshine-base', '--language', language)).toMatchObject({
        exitCode: 0,
      });
    expect((await dryRun('--model', 'moonshine-base', '--language', 'zh-CN')).stderr).toContain(
      'recognises en only, not zh. The local model sense-voice recognises zh',
    );
  });

  it.each([
    [['--language', 'zh,en'], 'It must be one language: the one that is spoken most.'],
    [['--language', 'zh-HK'], 'It must be zh for Mandarin, or yue for Cantonese.'],
    [['--language', 'jp'], 'Did you mean ja?'],
    [['--language', 'xx'], 'It must be the code of a language, such as zh, yue, en or ja.'],
    [['--language-hints', 'en,cn'], 'Did you mean zh?'],
    [['--model', ''], 'It must be the name of a model, or a folder with one.'],
  ])('refuses %j and says what is wrong', async (flags, reason) => {
    const { exitCode, stderr } = await dryRun(...flags);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`is invalid. ${reason}`);
  });
});

describe('transcribe --dry-run', () => {
  it.each([
    ['a folder that does not exist', ['--model', './none'], '[E_MODEL_REFUSED]'],
    ['a folder without a model', ['--model', FIXTURES], '[E_MODEL_REFUSED]'],
    ['a punctuation model', ['--model', `${FIXTURES}models/punctuation`], '[E_OPTION]'],
    ['a name that is not known', ['--engine', 'local', '--model', 'none'], '[E_OPTION]'],
    ['a model that is not installed', ['--model', 'sense-voice'], '[E_MODEL_MISSING]'],
    ['the model of a language that is not installed', ['--language', 'ja'], '[E_MODEL_MISSING]'],
  ])('fails as the run does for %s', async (_, flags, code) => {
    const env = await withVoiceDetector();
    const folder = await recordings('a.mp3');
    const real = await cli(['transcribe', folder, ...flags], { env });
    const dry = await cli(['transcribe', folder, '--dry-run', ...flags], { env });
    expect(real.exitCode).toBe(2);
    expect(real.stderr).toContain(code);
    expect(dry).toMatchObject({ exitCode: 2, stderr: real.stderr });
  });
});
