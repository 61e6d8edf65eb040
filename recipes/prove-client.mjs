// Tests whether a client loses anything when the network fails: random faults for each seed, on audio whose samples are
// all known. A schedule that fails is reduced to the faults that are needed, and can be repeated:
//   node recipes/prove-client.mjs 100                   seeds 1 to 100
//   node recipes/prove-client.mjs 12 'drop@3s, reset'   seed 12 alone, with these faults
// To test another client, replace `recognised`.
import { pipeline } from 'node:stream';
import { frame, recognize, sentenceEnd } from 'fun-asr-streams';
import { formatFaults, parseFaults, runTrial, shrink } from 'fun-asr-streams/testing';

/** Short limits, sufficient for a service on the same machine: most faults are detected by one of them. */
const LIMITS = {
  connectTimeoutMs: 1000,
  startTimeoutMs: 1000,
  stallTimeoutMs: 1000,
  finishTimeoutMs: 1000,
  pingIntervalMs: 150,
  retryDelayMs: 10,
};

/** Yields the final sentences that the client recognises. */
async function* recognised(baseUrl, audio, signal) {
  yield* pipeline(audio, frame(), recognize({ baseUrl, ...LIMITS, signal }), sentenceEnd(), () => {});
}

/** @returns Whether the client passed. */
async function prove(seed, given) {
  const { isPassed, faults, error } = await runTrial(recognised, { seed, faults: given });
  if (isPassed) return true;
  const fails = async (fewer) => !(await runTrial(recognised, { seed, faults: fewer })).isPassed;
  const fewest = await shrink(faults, fails);
  console.log(`seed ${seed} fails with '${formatFaults(fewest)}'${error ? `: ${error.message}` : ''}`);
  return false;
}

const [number = '20', spec] = process.argv.slice(2);
const tried =
  spec === undefined ? Array.from({ length: Number(number) }, (_, index) => index + 1) : [Number(number)];
let failed = 0;
// Twenty at a time, because each waits most of the time.
const seeds = tried.values();
const lane = async () => {
  for (const seed of seeds) if (!(await prove(seed, spec && parseFaults(spec)))) failed += 1;
};
await Promise.all(Array.from({ length: 20 }, lane));
console.log(`${failed} of ${tried.length} schedules failed`);
process.exitCode = failed === 0 ? 0 : 1;
