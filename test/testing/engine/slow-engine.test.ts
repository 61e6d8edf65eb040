import { expect, it } from 'vitest';
import { exactEngine } from '../../../lib/testing/engine/exact-engine.ts';
import { randomScript } from '../../../lib/testing/audio/random-script.ts';
import { renderAudio } from '../../../lib/testing/audio/self-describing-audio.ts';
import { slowEngine } from '../../../lib/testing/engine/slow-engine.ts';

it('a slow engine hears the same, and takes at least its time', async () => {
  const script = randomScript(2, { durationMs: 10_000 });
  const audio = renderAudio(script, 0, 160_000);
  const hear = async (engine: ReturnType<typeof exactEngine>) => {
    const said: unknown[] = [];
    const onSentence = (sentence: unknown) => said.push(sentence);
    const stream = engine.open({ maxSentenceSilence: 300, partials: false, onSentence });
    for (let start = 0; start < audio.length; start += 3200) {
      await stream.write(audio.subarray(start, start + 3200));
    }
    expect(stream.silenceMs).toBeGreaterThan(0);
    await stream.end();
    stream.destroy();
    return said;
  };
  const began = performance.now();
  const said = await hear(slowEngine(exactEngine(), 100));
  // 10 s at a hundred times real time, but for the last few ms.
  expect(performance.now() - began).toBeGreaterThan(80);
  expect(said).toEqual(await hear(exactEngine()));
  expect(said.length).toBe(script.sentences.length);
});
