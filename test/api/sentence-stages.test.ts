import { Readable, type Duplex, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { json, jsonl, sentenceEnd, srt, text, tsv, vtt } from 'fun-asr-streams';
import { finalSentence, written } from '../subtitles/cues/final-sentence.ts';

const FORMATS: Readonly<Record<string, (options?: { signal?: AbortSignal }) => Duplex>> = {
  json,
  jsonl,
  srt,
  text,
  tsv,
  vtt,
};

const many = Array.from({ length: 2000 }, (_, index) =>
  finalSentence(`This is the sentence with the number ${index}.`, index * 3000, index * 3000 + 2500),
);

describe.each(Object.entries({ ...FORMATS, sentenceEnd }))('%s', (name, make) => {
  it('refuses an unknown option before anything starts', () => {
    const options: object = { speed: 2 };
    expect(() => make(options)).toThrowError(`${name}: there is no option speed`);
  });

  it('is destroyed when its signal aborts', async () => {
    const controller = new AbortController();
    const stage = make({ signal: controller.signal });
    const run = pipeline(
      Readable.from(many),
      stage,
      new Writable({
        objectMode: true,
        write(_chunk, _encoding, callback) {
          controller.abort();
          callback();
        },
      }),
    );
    await expect(run).rejects.toThrowError(expect.objectContaining({ name: 'AbortError' }));
    expect(stage.destroyed).toBe(true);
  });

  it('stops reading its source while nothing reads its output', async () => {
    const stage = make();
    const source = Readable.from(many);
    let taken = 0;
    source.on('data', () => (taken += 1));
    source.pause();
    source.pipe(stage);
    for (let turn = 0; turn < 5000; turn += 1) await setImmediate();
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(many.length);
    expect(stage.readableLength).toBeLessThan(stage.readableHighWaterMark + 1000);
    stage.destroy();
  });
});

describe.each(Object.entries(FORMATS))('%s', (_name, make) => {
  it('writes every sentence to a slow reader', async () => {
    let file = '';
    await pipeline(
      Readable.from(many),
      make(),
      new Writable({
        highWaterMark: 1,
        write(chunk: Buffer, _encoding, callback) {
          file += chunk.toString();
          setImmediate().then(() => callback(), callback);
        },
      }),
    );
    expect(file).toBe(await written(make(), many));
    for (const index of [0, 999, 1999]) expect(file).toContain(`number ${index}.`);
  });
});

it('does not buffer all cues of a long sentence while nothing reads them', async () => {
  const stage = srt();
  stage.write(finalSentence('A word, and another one. '.repeat(2000), 0, 600_000));
  stage.write(finalSentence('The end.', 700_000, 701_000));
  stage.end();
  await setImmediate();
  expect(stage.readableLength).toBeGreaterThan(0);
  expect(stage.readableLength).toBeLessThan(stage.readableHighWaterMark + 1000);
  const chunks: Buffer[] = await stage.toArray();
  expect(
    Buffer.concat(chunks)
      .toString()
      .match(/another/g),
  ).toHaveLength(2000);
});
