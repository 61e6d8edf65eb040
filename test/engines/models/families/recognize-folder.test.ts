import { cp, mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { recognizeFolder } from '../../../../lib/engines/models/families/recognize-folder.ts';
import { loadSherpa } from '../../../../lib/engines/local/runtime/sherpa.ts';
import { temporaryFolder } from '../registry.ts';
import { toneAudio } from '../tones.ts';

const MODELS = fileURLToPath(new URL('../../../../fixtures/models/', import.meta.url));

/** A copy of a test model that a test may change. */
async function copyOf(model: string, name = model): Promise<string> {
  const folder = join(await temporaryFolder(), name);
  await cp(join(MODELS, model), folder, { recursive: true });
  return folder;
}

/** The content of a file that is what its name says: a model without layers and metadata, or a table of one token. */
function contentOf(file: string): string {
  if (file.endsWith('.onnx')) return '\x3a\x00';
  return file.endsWith('.ort') ? '\x20\x00\x00\x00ORTM' : 'a 0\n';
}

/** A folder of files. @param contents Of files whose content matters. */
async function folderOf(
  name: string,
  files: readonly string[],
  contents: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = join(await temporaryFolder(), name);
  for (const file of files) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), contents[file] ?? contentOf(file));
  }
  return folder;
}

function refusalOf(folder: string): string {
  let refusal: unknown;
  try {
    recognizeFolder(folder);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toMatchObject({ code: 'E_MODEL_REFUSED' });
  return (refusal as Error).message.replace(folder, '').trim();
}

describe('recognizeFolder', () => {
  it.each([
    ['sense-voice', 'senseVoice', ' we hear today。'],
    ['whisper', 'whisper', ' we hear'],
    ['paraformer', 'paraformer', '你好水'],
    ['transducer', 'transducer', '你好水'],
    ['zipformer-ctc', 'zipformerCtc', '你好水'],
    ['wenet-ctc', 'wenetCtc', '你好水'],
    ['nemo-ctc', 'nemoCtc', '你好水'],
    ['dolphin', 'dolphin', '你好水'],
  ])(
    'recognises %s by its metadata, and sherpa-onnx recognises speech with the configuration',
    async (model, key, text) => {
      const found = recognizeFolder(await copyOf(model, 'some-folder'));
      expect(found.family.key).toBe(key);
      const { OfflineRecognizer } = await loadSherpa();
      const recognizer = await OfflineRecognizer.createAsync({
        featConfig: { sampleRate: 16_000, featureDim: 80 },
        modelConfig: { ...found.configIn(found.folder), numThreads: 1, provider: 'cpu' },
      });
      const stream = recognizer.createStream();
      stream.acceptWaveform({ samples: toneAudio([0, 1, 7]), sampleRate: 16_000 });
      expect((await recognizer.decodeAsync(stream)).tokens.join('')).toBe(text);
    },
  );

  it('sets the language of a model that has such a setting', async () => {
    const model = recognizeFolder(join(MODELS, 'sense-voice'));
    expect(model.configIn('/m')).toMatchObject({
      senseVoice: { model: join('/m', 'model.onnx'), language: 'auto' },
    });
    expect(model.configIn('/m', { language: 'yue' })).toMatchObject({ senseVoice: { language: 'yue' } });
    expect(model.configIn('/m', { language: 'fr' })).toMatchObject({ senseVoice: { language: 'auto' } });
  });

  it.each([
    [
      'sherpa-onnx-whisper-tiny.en',
      ['tiny.en-encoder.int8.onnx', 'tiny.en-tokens.txt'],
      /looks like Whisper, but \*-decoder.onnx is missing/,
    ],
    ['m', ['base-encoder.onnx', 'base-decoder.onnx'], /looks like Whisper, but \*-tokens.txt is missing/],
    [
      'm',
      ['encoder-epoch-9-avg-1.onnx', 'decoder-epoch-9-avg-1.onnx', 'tokens.txt'],
      /looks like a transducer, but joiner.onnx is missing/,
    ],
    [
      'half',
      ['encoder.onnx', 'tokens.txt'],
      /a transducer, but decoder.onnx is missing and joiner.onnx is missing/,
    ],
    [
      'half',
      ['a-decoder.onnx'],
      /looks like Whisper, but \*-encoder.onnx is missing and \*-tokens.txt is missing/,
    ],
    [
      'm',
      ['preprocess.onnx', 'encode.int8.onnx', 'uncached_decode.int8.onnx', 'tokens.txt'],
      /Moonshine, but cached_decode.onnx is missing/,
    ],
    ['m', ['encoder_model.ort', 'decoder_model_merged.ort'], /Moonshine, but tokens.txt is missing/],
    ['fire-red-asr', ['encoder.onnx', 'tokens.txt'], /FireRedASR, but decoder.onnx is missing/],
    [
      'm',
      [
        'encoder_adaptor.onnx',
        'llm.int8.onnx',
        'embedding.onnx',
        'Qwen3-0.6B/vocab.json',
        'Qwen3-0.6B/merges.txt',
      ],
      /Fun-ASR-Nano, but Qwen3-0.6B\/tokenizer.json is missing/,
    ],
    ['m', ['conv_frontend.onnx', 'encoder.onnx', 'decoder.onnx'], /Qwen3-ASR, but tokenizer is missing/],
    [
      'sense-voice',
      ['tokens.txt', 'model.onnx'],
      /SenseVoice, but the metadata of model.onnx lack vocab_size, lfr_window_size/,
    ],
    [
      'm',
      ['tokens.txt', 'model.onnx'],
      /contains no model that is known by its files \(model.onnx, tokens.txt\)/,
    ],
    [
      'm',
      ['a-encoder.onnx', 'a-decoder.onnx', 'a-tokens.txt', 'b-encoder.onnx'],
      /there are several models: a-encoder.onnx, b-encoder.onnx/,
    ],
  ])('refuses %s with %j and says what is missing', async (name, files, reason) => {
    expect(refusalOf(await folderOf(name, files))).toMatch(reason);
  });

  it.each([
    ['', 'is empty'],
    ['\x3a\xff', 'is incomplete or not an ONNX file'],
    [
      'version https://git-lfs.github.com/spec/v1\n',
      'is a pointer of Git LFS, not the file. Run `git lfs pull` there',
    ],
    ['\n<!DOCTYPE html><html>', 'is a web page, not the file. Download it again'],
  ])(
    'says what is wrong with a model file that begins with %j, whatever the folder is named',
    async (content, what) => {
      const contents = { 'model.onnx': content };
      const files = ['model.onnx', 'tokens.txt'];
      expect(refusalOf(await folderOf('m', files, contents))).toBe(
        `contains no model that can be read: model.onnx ${what}`,
      );
      expect(refusalOf(await folderOf('sense-voice', files, contents))).toBe(
        `looks like SenseVoice, but model.onnx ${what}`,
      );
      expect(refusalOf(await folderOf('sense-voice', ['model.onnx'], contents))).toBe(
        `looks like SenseVoice, but model.onnx ${what} and tokens.txt is missing`,
      );
    },
  );

  it('reports a damaged file before the files of a family that it may not belong to', async () => {
    const files = ['encoder.onnx', 'decoder.onnx', 'tokens.txt'];
    expect(refusalOf(await folderOf('m', files, { 'encoder.onnx': '' }))).toBe(
      'looks like a transducer, but encoder.onnx is empty and joiner.onnx is missing',
    );
  });

  it('reports a model file in the format of ONNX Runtime that is none', async () => {
    const files = ['encoder_model.ort', 'decoder_model_merged.ort', 'tokens.txt'];
    expect(refusalOf(await folderOf('m', files, { 'encoder_model.ort': 'x' }))).toBe(
      'looks like Moonshine, but encoder_model.ort is incomplete or not an ORT file',
    );
  });

  it('reports a model file that cannot be read', async () => {
    const folder = await folderOf('m', ['tokens.txt']);
    await symlink(join(folder, 'nowhere'), join(folder, 'model.onnx'));
    expect(refusalOf(folder)).toMatch(/model.onnx cannot be read: ENOENT/);
  });

  it('recognises Moonshine in its second version, and its language by the name of the folder', async () => {
    const files = ['encoder_model.ort', 'decoder_model_merged.ort', 'tokens.txt'];
    const found = recognizeFolder(
      await folderOf('sherpa-onnx-moonshine-tiny-ko-quantized-2026-02-27', files),
    );
    expect(found).toMatchObject({ family: { key: 'moonshine' }, languages: ['ko'], files });
  });

  it('knows the languages of Whisper by its metadata, and sets the one that is asked for', () => {
    const model = recognizeFolder(join(MODELS, 'whisper'));
    expect(model.languages).toEqual(['en', 'zh', 'ja']);
    expect(model.configIn('/m', { language: 'zh' })).toMatchObject({ whisper: { language: 'zh' } });
    expect(model.configIn('/m', { language: 'fr' })).not.toMatchObject({ whisper: { language: 'fr' } });
  });

  it('refuses a model whose file is incomplete', async () => {
    const folder = await copyOf('sense-voice');
    const file = join(folder, 'model.onnx');
    await truncate(file, (await readFile(file)).length - 100);
    expect(refusalOf(folder)).toMatch(/model.onnx is incomplete or not an ONNX file/);
  });

  it('refuses a table of tokens that does not fit the model', async () => {
    const folder = await copyOf('sense-voice');
    await writeFile(join(folder, 'tokens.txt'), '<unk> 0\n');
    expect(refusalOf(folder)).toMatch(/tokens.txt has 1 tokens, and the model has 52/);
    await writeFile(join(folder, 'tokens.txt'), '<unk> 0\nno number\n');
    expect(refusalOf(folder)).toMatch(/line 2 of tokens.txt is not a token and its number/);
    await rm(join(folder, 'tokens.txt'));
    expect(refusalOf(folder)).toMatch(/looks like SenseVoice, but tokens.txt is missing/);
  });

  it('recognises a punctuation model, and its languages by the name of the folder', async () => {
    const found = recognizeFolder(
      await copyOf('punctuation', 'sherpa-onnx-punct-ct-transformer-zh-en-vocab272727-2024-04-12'),
    );
    expect(found).toMatchObject({
      family: { kind: 'punctuation', key: 'ctTransformer' },
      languages: ['zh', 'en'],
      files: ['model.onnx'],
    });
  });

  it.each([
    ['|', ';', /its metadata have 1 tokens, and the model has 17/],
    ['<unk>', '<xxx>', /its tokens lack <unk>/],
    ['，|。', '，|！', /its marks lack 。/],
  ])('refuses a punctuation model with %j in place of %j', async (text, other, reason) => {
    const folder = await copyOf('punctuation');
    const file = join(folder, 'model.onnx');
    const bytes = await readFile(file);
    const [at, length] = [bytes.lastIndexOf('你|'), bytes.indexOf('unk_symbol') - 2];
    // The metadata are at the end of the file.
    const metadata = bytes.subarray(Math.max(at, 0), length);
    for (let place = metadata.indexOf(text); place >= 0; place = metadata.indexOf(text, place + 1))
      metadata.write(other, place);
    await writeFile(file, bytes);
    expect(refusalOf(folder)).toMatch(reason);
  });

  it('recognises by the family and its tokens whether a model writes punctuation', async () => {
    const lacks = (folder: string): boolean => recognizeFolder(folder).lacksMarks;
    expect(lacks(join(MODELS, 'sense-voice'))).toBe(false);
    expect(lacks(await copyOf('sense-voice', 'sense-voice-zh-en-ja-ko-yue-int8-2025-09-09'))).toBe(true);
    for (const model of ['paraformer', 'transducer', 'zipformer-ctc', 'wenet-ctc', 'nemo-ctc', 'dolphin'])
      expect(lacks(join(MODELS, model))).toBe(true);
    const folder = await copyOf('transducer');
    await writeFile(join(folder, 'tokens.txt'), '<blk> 0\n▁we 1\n. 2\n, 3\n5 4\n6 5\n7 6\n8 7\n9 8\n');
    expect(lacks(folder)).toBe(false);
  });

  it('names the folder or the archive with the model in a folder that has none', async () => {
    const folder = await folderOf('m', ['a.tar.bz2', 'README.md']);
    expect(refusalOf(folder)).toBe('contains no model, but the archive a.tar.bz2. Unpack it');
    await cp(join(MODELS, 'sense-voice'), join(folder, 'b'), { recursive: true });
    expect(refusalOf(folder)).toMatch(/^contains no model, but its folder b does. Name .*b$/);
    expect(refusalOf('')).toBe('"" is not the path of a folder');
  });

  it('refuses a file in place of a folder', async () => {
    const folder = await copyOf('sense-voice');
    expect(refusalOf(join(folder, 'model.onnx'))).toBe('is a file, not a folder with a model');
  });

  it('refuses a folder that is missing or empty', async () => {
    expect(refusalOf(join(await temporaryFolder(), 'none'))).toBe('does not exist');
    expect(refusalOf(await temporaryFolder())).toBe('is empty');
  });
});
