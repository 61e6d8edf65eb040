import { Readable, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  convert,
  convertFile,
  decode,
  decodeFile,
  frame,
  jsonl,
  pace,
  probe,
  Recognition,
  recognize,
  type RecognitionOptions,
  type RecordingInput,
  resample,
  captions,
  sentenceEnd,
  srt,
  transcribe,
} from 'fun-asr-streams';
import { describe, expect, it } from 'vitest';

const BYTE_STAGES: Readonly<Record<string, () => Duplex>> = {
  decode: () => decode(),
  resample: () => resample({ from: { sampleRate: 48_000, channels: 1, format: 's16le' } }),
  frame: () => frame(),
  pace: () => pace(),
  convert: () => convert({ to: 'wav' }),
  recognize: () => recognize({ apiKey: 'sk-x' }),
};
const STAGES = {
  ...BYTE_STAGES,
  sentenceEnd: () => sentenceEnd(),
  captions: () => captions(),
  srt: () => srt(),
  jsonl: () => jsonl(),
};
const WRONG = [{ text: 'a' }, 5, undefined, null, [1], new ArrayBuffer(4), Symbol('x')];

async function failureOf(stage: Duplex, chunk: unknown): Promise<unknown> {
  return await new Promise((resolve) => {
    stage.once('error', resolve);
    expect(stage.write(chunk)).toBe(false);
  });
}

describe.each(Object.entries(BYTE_STAGES))('%s', (_name, make) => {
  it('fails with E_OPTION when a chunk is not bytes, and does not throw', async () => {
    for (const chunk of WRONG) {
      expect(await failureOf(make(), chunk)).toMatchObject({
        code: 'E_OPTION',
        message: expect.stringMatching(/^a chunk must be a Buffer, a typed array or a string, got .+$/),
      });
    }
  });

  it('fails a pipeline whose source gives objects', async () => {
    const piped = pipeline(Readable.from([{ text: 'a' }, { text: 'b' }]), make());
    await expect(piped).rejects.toMatchObject({ code: 'E_OPTION' });
  });
});

it.each(Object.entries(STAGES))(
  '%s passes the error of a wrong chunk to the callback of write',
  async (_, make) => {
    const stage: Duplex = make();
    stage.on('error', () => {});
    const error = await new Promise((resolve) => stage.write(null, resolve));
    expect(error).toMatchObject({ code: 'E_OPTION' });
  },
);

it('frame accepts PCM in typed arrays', async () => {
  const stage = frame();
  stage.end(new Int16Array(800));
  expect((await stage.toArray()).map(({ length }) => length)).toEqual([1600]);
});

describe('a URL instead of a path', () => {
  const url = new URL('file:///talks/talk.mp3') as unknown;
  it.each<[string, () => unknown]>([
    ['transcribe', () => transcribe(url as RecordingInput)],
    ['decodeFile', () => decodeFile(url as string)],
    ['probe', () => probe(url as string)],
    ['convertFile', () => convertFile(url as string, 'x.wav')],
    ['Recognition.call', () => new Recognition({ apiKey: 'sk-x' }).call(url as string)],
  ])('is refused by %s in one line that says what to do', async (_, call) => {
    const error: unknown = await Promise.resolve()
      .then(call)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'E_OPTION',
      message: expect.stringMatching(/^.+, got the URL file:\/\/\/talks\/talk\.mp3$/),
      hint: 'For a file, use fileURLToPath(url).',
    });
  });
});

it('no message contains a control character of a path', async () => {
  await expect(probe('a\0b\u001b[31m.mp3')).rejects.toMatchObject({
    code: 'E_READ',
    message: expect.stringMatching(/^a\\x00b\\x1b\[31m\.mp3: \P{Cc}+$/u),
  });
});

it.each(['on_event', 'onEvent'])('Recognition refuses the option %s, and says where it belongs', (name) => {
  const options: RecognitionOptions = Object.fromEntries([[name, () => {}]]);
  expect(() => new Recognition(options)).toThrow(
    expect.objectContaining({
      code: 'E_OPTION',
      message: `Recognition: there is no option ${name}`,
      hint: 'Pass callback: { onEvent }.',
    }),
  );
});
