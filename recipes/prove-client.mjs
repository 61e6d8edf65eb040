// Does a client lose anything when the network fails? Random faults, seed by seed, on audio of which every sample is
// known; what fails is made as small as it gets, and replays with startTestService({ faults }).
//   node recipes/prove-client.mjs 100               seeds 1 to 100
//   node recipes/prove-client.mjs 100 drop,reset    the same with these kinds of faults only
// To test another client, put it in the place of `recognised`.
import { pipeline } from 'node:stream/promises';
import { frame, recognize, sentenceEnd } from 'fun-asr-streams';
import {
  compare,
  formatFaults,
  randomFaults,
  randomScript,
  selfDescribingAudio,
  shrink,
  startTestService,
} from 'fun-asr-streams/testing';

/** The final sentences that the client gives for some audio. */
async function recognised(baseUrl, audio) {
  const sentences = [];
  await pipeline(audio, frame(), recognize({ baseUrl }), sentenceEnd(), async (finals) => {
    for await (const sentence of finals) sentences.push(sentence);
  });
  return sentences;
}

async function fails(script, faults) {
  const service = await startTestService({ script, faults });
  try {
    const sentences = await recognised(service.url, selfDescribingAudio(script));
    const { isExact, largestTimeErrorMs } = compare(script, sentences);
    return !isExact || largestTimeErrorMs > 20;
  } catch {
    return true;
  } finally {
    await service.close();
  }
}

const [seeds = '20', kinds] = process.argv.slice(2);
let failed = 0;
for (let seed = 1; seed <= Number(seeds); seed += 1) {
  const script = randomScript(seed);
  const faults = randomFaults(seed, { durationMs: script.durationMs, kinds: kinds?.split(',') });
  if (await fails(script, faults)) {
    failed += 1;
    const fewest = await shrink(faults, (fewer) => fails(script, fewer));
    console.log(`seed ${seed} fails with: ${formatFaults(fewest)}`);
  }
}
console.log(`${seeds} schedules, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
