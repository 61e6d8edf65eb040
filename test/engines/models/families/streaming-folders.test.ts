import { cp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findSherpa, loadSherpa } from '../../../../lib/engines/local/runtime/sherpa.ts';
import { addModel, listAddedModels } from '../../../../lib/engines/models/added-models.ts';
import { recognizeFolder } from '../../../../lib/engines/models/families/recognize-folder.ts';
import { recognizerConfig } from '../../../../lib/engines/models/local-model.ts';
import { temporaryFolder } from '../registry.ts';
import { toneAudio } from '../tones.ts';

const MODELS = fileURLToPath(new URL('../../../../fixtures/models/', import.meta.url));

/** A copy of a test model that a test may change. */
async function copyOf(model: string, name = 'some-folder'): Promise<string> {
  const folder = join(await temporaryFolder(), name);
  await cp(join(MODELS, model), folder, { recursive: true });
  return folder;
}

/** An entry in the metadata of an ONNX file. */
function entry(key: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.of(10, key.length),
    Buffer.from(key),
    Buffer.of(18, value.length),
    Buffer.from(value),
  ]);
}

/** Changes an entry in the metadata of the encoder to another one of the same length. */
async function setMetadata(folder: string, from: Buffer, to: Buffer): Promise<void> {
  const file = join(folder, 'encoder-epoch-1-avg-1.onnx');
  const bytes = await readFile(file);
  expect(bytes.lastIndexOf(from)).toBeGreaterThan(0);
  to.copy(bytes, bytes.lastIndexOf(from));
  await writeFile(file, bytes);
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

describe.each([
  ['streaming-transducer', 'transducer', 510],
  ['streaming-zipformer-ctc', 'zipformer2Ctc', 510],
  ['streaming-paraformer', 'paraformer', 1100],
  ['streaming-nemo-transducer', 'transducer', 550],
])('a folder with %s', (model, key, tailMs) => {
  it('is recognised by its metadata, and sherpa-onnx decodes speech step by step with the configuration', async () => {
    const found = recognizeFolder(await copyOf(model));
    expect(found).toMatchObject({ family: { key }, streamingTailMs: tailMs, lacksMarks: true });
    const { OnlineRecognizer } = await loadSherpa();
    const recognizer = new OnlineRecognizer(recognizerConfig(found.configIn(found.folder)));
    const stream = recognizer.createStream();
    const speech = toneAudio([0, 1, 7, 3]);
    const samples = new Float32Array(speech.length + 16 * tailMs);
    samples.set(speech);
    const texts = new Set<string>();
    for (let at = 0; at < samples.length; at += 1600) {
      stream.acceptWaveform({ samples: samples.slice(at, at + 1600), sampleRate: 16_000 });
      while (recognizer.isReady(stream)) recognizer.decode(stream);
      texts.add(recognizer.getResult(stream).text);
    }
    const steps = [...texts];
    expect(steps.at(-1)).toBe('你好水是');
    expect(steps.length).toBeGreaterThan(2);
    for (const [index, text] of steps.entries()) expect(text.startsWith(steps[index - 1] ?? '')).toBe(true);
  });
});

describe('the names of published streaming models', () => {
  it.each([
    [
      'streaming-transducer',
      'sherpa-onnx-streaming-zipformer-bilingual-zh-en-2023-02-20',
      { 'encoder-epoch-1-avg-1.onnx': 'encoder-epoch-99-avg-1-chunk-16-left-128.int8.onnx' },
      'a streaming transducer',
      ['zh', 'en'],
    ],
    [
      'streaming-zipformer-ctc',
      'sherpa-onnx-streaming-zipformer-ctc-multi-zh-hans-2023-12-13',
      { 'model.onnx': 'ctc-epoch-20-avg-1-chunk-16-left-128.int8.onnx' },
      'a streaming CTC model of Zipformer',
      ['zh'],
    ],
    [
      'streaming-paraformer',
      'sherpa-onnx-streaming-paraformer-trilingual-zh-cantonese-en',
      { 'encoder.onnx': 'encoder.int8.onnx' },
      'a streaming Paraformer',
      ['zh', 'yue', 'en'],
    ],
    [
      'streaming-nemo-transducer',
      'sherpa-onnx-nemotron-speech-streaming-en-0.6b-560ms-int8-2026-04-25',
      { 'encoder.onnx': 'encoder.int8.onnx' },
      'a streaming transducer of NeMo',
      ['en'],
    ],
  ])('%s is recognised in %s', async (model, name, names, title, languages) => {
    const folder = await copyOf(model, name);
    for (const [from, to] of Object.entries(names)) await rename(join(folder, from), join(folder, to));
    const found = recognizeFolder(folder);
    expect(found).toMatchObject({ family: { title }, languages });
    expect(found.files).toEqual(expect.arrayContaining(Object.values(names)));
  });
});

describe('a streaming model that does not fit is refused', () => {
  it('when a file is missing', async () => {
    const folder = await copyOf('streaming-transducer');
    await rm(join(folder, 'joiner-epoch-1-avg-1.onnx'));
    expect(refusalOf(folder)).toBe('looks like a streaming transducer, but joiner.onnx is missing');
  });

  it('when a file is incomplete', async () => {
    const folder = await copyOf('streaming-transducer');
    const file = join(folder, 'decoder-epoch-1-avg-1.onnx');
    await truncate(file, (await readFile(file)).length - 20);
    expect(refusalOf(folder)).toBe(
      'looks like a streaming transducer, but decoder-epoch-1-avg-1.onnx is incomplete or not an ONNX file',
    );
  });

  it.each([
    ['T', '21', '00', 'the T of its metadata is 00, not a number of frames from 1 to 300'],
    [
      'decode_chunk_len',
      '16',
      '22',
      'the decode_chunk_len of its metadata is 22, not a number of frames from 1 to 21',
    ],
    [
      'model_type',
      'lstm',
      'gstm',
      'encoder-epoch-1-avg-1.onnx has the type gstm. Supported are lstm, conformer, zipformer, zipformer2, ebranchformer',
    ],
  ])('when the %s of its metadata is not %s, but %s', async (key, from, to, reason) => {
    const folder = await copyOf('streaming-transducer');
    await setMetadata(folder, entry(key, from), entry(key, to));
    expect(refusalOf(folder)).toBe(`looks like a streaming transducer, but ${reason}`);
  });

  it('when metadata of its type are missing', async () => {
    const folder = await copyOf('streaming-transducer');
    await setMetadata(folder, entry('d_model', '1'), entry('other__', '1'));
    expect(refusalOf(folder)).toBe(
      'looks like a streaming transducer, but the metadata of encoder-epoch-1-avg-1.onnx lack d_model. Export it for ' +
        'sherpa-onnx',
    );
  });

  it('when its table of tokens is too short for its decoder', async () => {
    const folder = await copyOf('streaming-transducer');
    await writeFile(join(folder, 'tokens.txt'), '<blk> 0\n你 1\n');
    expect(refusalOf(folder)).toMatch(/tokens\.txt has 2 tokens, and the model has 9$/);
  });

  it('when only its name says that it is for streaming', async () => {
    expect(refusalOf(await copyOf('transducer', 'sherpa-onnx-streaming-zipformer-en'))).toBe(
      'looks like a streaming transducer, but the metadata of encoder-epoch-1-avg-1.onnx lack T, decode_chunk_len, ' +
        'encoder_dims, query_head_dims, value_head_dims, num_heads, num_encoder_layers, cnn_module_kernels, ' +
        'left_context_len. Export it for sherpa-onnx',
    );
  });

  it('when its family is not supported', async () => {
    expect(refusalOf(await copyOf('wenet-ctc', 'sherpa-onnx-zh-wenet-streaming'))).toBe(
      'looks like a CTC model of WeNet, but its model is for streaming. Supported are a streaming transducer, ' +
        'a streaming transducer of NeMo, a streaming CTC model of Zipformer, a streaming Paraformer',
    );
  });

  it('when sherpa-onnx cannot run it, after a trial in a process of its own', async () => {
    const cacheDir = await temporaryFolder();
    const folder = await copyOf('streaming-transducer');
    await setMetadata(folder, entry('d_model', '1'), entry('d_model', '7'));
    const adding = addModel(folder, { cacheDir, languages: ['zh'], findSherpa });
    await expect(adding).rejects.toMatchObject({
      code: 'E_MODEL_REFUSED',
      message: expect.stringMatching(
        /looks like a streaming transducer, but sherpa-onnx cannot run it: .*[^\n]$/,
      ) as string,
    });
    expect(listAddedModels({ cacheDir })).toEqual([]);
  });
});
