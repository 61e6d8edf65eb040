import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { randomScript } from '../../../lib/testing/audio/random-script.ts';
import { renderAudio } from '../../../lib/testing/audio/self-describing-audio.ts';
import { exactEngine } from '../../../lib/testing/engine/exact-engine.ts';
import { slowEngine } from '../../../lib/testing/engine/slow-engine.ts';

const SCRIPT = randomScript(2, { durationMs: 10_000 });
const AUDIO = renderAudio(SCRIPT, 0, 160_000);
const HOUR_RATE = 10 / 3600;

it('emits the same results as the engine without a limit', async () => {
  const recognise = async (engine: ReturnType<typeof exactEngine>) => {
    const results: unknown[] = [];
    const onSentence = (sentence: unknown) => results.push(sentence);
    const stream = engine.open({ maxSentenceSilence: 300, partials: false, onSentence });
    for (let start = 0; start < AUDIO.length; start += 3200) {
      await stream.write(AUDIO.subarray(start, start + 3200));
    }
    expect(stream.silenceMs).toBeGreaterThan(0);
    await stream.end();
    stream.destroy();
    return results;
  };
  const results = await recognise(slowEngine(exactEngine(), 1000));
  expect(results).toEqual(await recognise(exactEngine()));
  expect(results.length).toBe(SCRIPT.sentences.length);
});

it('accepts audio at the given rate, and stops waiting when the stream is destroyed', async () => {
  const options = { maxSentenceSilence: 300, partials: false, onSentence: () => {} };
  const stream = slowEngine(exactEngine(), HOUR_RATE).open(options);
  let isWritten = false;
  // These 10 s of audio take an hour.
  const write = stream.write(AUDIO).then(() => {
    isWritten = true;
  });
  for (let turn = 0; turn < 100; turn += 1) await nextTurn();
  expect(isWritten).toBe(false);
  stream.destroy();
  await write;
});
