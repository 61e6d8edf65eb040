import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildRuntime } from '../../../../lib/engines/local/runtime/child-runtime.ts';
import type { SpeechDecoder, StreamingDecoder } from '../../../../lib/engines/local/runtime/runtime.ts';
import { findSherpa } from '../../../../lib/engines/local/runtime/sherpa.ts';
import { Excerpt } from '../../../../lib/engines/local/segments/excerpt.ts';
import { StreamingRecognizer } from '../../../../lib/engines/local/words/streaming-recognizer.ts';
import { recognizeFolder } from '../../../../lib/engines/models/families/recognize-folder.ts';
import { recognizerConfig } from '../../../../lib/engines/models/local-model.ts';
import { toneAudio } from '../../models/tones.ts';

const MODEL = fileURLToPath(new URL('../../../../fixtures/models/streaming-transducer', import.meta.url));
/** Samples of a tone and the silence after it. */
const TONE = 6400;

/** Eight tones. The audio ends 50 ms after the begin of the last one. */
const AUDIO = toneAudio([0, 1, 2, 3, 4, 5, 6, 7]).subarray(0, 7 * TONE + 800);

/** The part of the audio that begins and ends at a tone. It is at the same place in the stream. */
function excerptOf(first: number, last: number): Excerpt {
  const [from, to] = [first * TONE, Math.min((last + 1) * TONE, AUDIO.length)];
  return new Excerpt(AUDIO.slice(from, to), 0, 0, [], from);
}

describe('StreamingRecognizer', () => {
  let runtime: ChildRuntime;
  let decoder: StreamingDecoder;
  let tailMs: number;
  /** Samples that the model has received, and its pieces of speech that are not released. */
  let samplesDecoded = 0;
  const open = new Set<SpeechDecoder>();

  beforeAll(async () => {
    runtime = new ChildRuntime(await findSherpa());
    const { configIn, folder, streamingTailMs = 0 } = recognizeFolder(MODEL);
    decoder = await runtime.loadStreamingModel(recognizerConfig(configIn(folder)));
    tailMs = streamingTailMs;
  });

  afterAll(() => runtime.close());

  /** A recogniser whose use of the model is counted. */
  function recognizer(): StreamingRecognizer {
    samplesDecoded = 0;
    open.clear();
    const begin = (): SpeechDecoder => {
      const speech = decoder.begin();
      const counted: SpeechDecoder = {
        decode(samples) {
          samplesDecoded += samples.length;
          return speech.decode(samples);
        },
        release() {
          open.delete(counted);
          speech.release();
        },
      };
      open.add(counted);
      return counted;
    };
    return new StreamingRecognizer(async () => ({ begin }), tailMs);
  }

  it('finds all words with their times, also the last one', async () => {
    const { text, times } = await recognizer().recognize(excerptOf(0, 7));
    expect(text).toBe('你好我是今天的水');
    for (const [n, { begin }] of (times ?? []).entries()) expect(Math.abs(begin - 400 * n)).toBeLessThan(70);
    expect(times).toHaveLength(8);
    await expect.poll(() => open.size).toBe(0);
  });

  it('decodes each sample of partial and final results once, and gives the same final result', async () => {
    const whole = await recognizer().recognize(excerptOf(2, 7));
    const decodedOfWhole = samplesDecoded;
    const streaming = recognizer();
    const partials: string[] = [];
    for (let last = 2; last <= 7; last += 1) {
      partials.push((await streaming.recognizePartial(excerptOf(2, last))).text);
    }
    expect(partials).toEqual(['我', '我是', '我是今', '我是今天', '我是今天的', '我是今天的']);
    expect(whole.text).toBe('我是今天的水');
    expect(await streaming.recognize(excerptOf(2, 7))).toEqual(whole);
    expect(samplesDecoded).toBe(decodedOfWhole);
    await expect.poll(() => open.size).toBe(0);
  });

  it('decodes a segment again that ends before its last partial result, and what is after it on its own', async () => {
    const streaming = recognizer();
    expect((await streaming.recognizePartial(excerptOf(0, 2))).text).toBe('你好我');
    expect((await streaming.recognize(excerptOf(0, 1))).text).toBe('你好');
    expect((await streaming.recognizePartial(excerptOf(2, 6))).text).toBe('我是今天的');
    expect((await streaming.recognize(excerptOf(2, 7))).text).toBe('我是今天的水');
    await expect.poll(() => open.size).toBe(0);
  });

  it('gives results in the order of calls that do not wait for each other', async () => {
    const streaming = recognizer();
    const results = [
      streaming.recognizePartial(excerptOf(0, 1)),
      streaming.recognize(excerptOf(0, 3)),
      streaming.recognizePartial(excerptOf(4, 5)),
      streaming.recognize(excerptOf(4, 7)),
    ];
    const texts = (await Promise.all(results)).map(({ text }) => text);
    expect(texts).toEqual(['你好', '你好我是', '今天', '今天的水']);
  });

  it('frees the open speech when its stream ends', async () => {
    const streaming = recognizer();
    await streaming.recognizePartial(excerptOf(0, 1));
    expect(open.size).toBe(1);
    streaming.release();
    await expect.poll(() => open.size).toBe(0);
  });

  it('fails with an error that may be tried again when the process of the model ends in the middle', async () => {
    const other = new ChildRuntime(await findSherpa());
    const { configIn, folder } = recognizeFolder(MODEL);
    const model = await other.loadStreamingModel(recognizerConfig(configIn(folder)));
    const speech = model.begin();
    await speech.decode(AUDIO.slice(0, TONE));
    // A streaming model that is loaded for whole segments ends the process.
    await expect(other.loadModel(recognizerConfig(configIn(folder)))).rejects.toThrow(/ended with/);
    await expect(speech.decode(AUDIO.slice(TONE))).rejects.toMatchObject({
      code: 'E_ENGINE',
      retryable: true,
    });
    expect((await model.begin().decode(AUDIO)).tokens).toContain('你');
    other.close();
  });
});
