// Runs schedules, many at the same time, because they mostly wait. Arguments: module, first seed, last seed, step, optional
// schedule. Sends a result for each schedule to the parent process, and the reduced form of a schedule that fails.
import { inspect } from 'node:util';
import { shrink } from '../../dist/testing/index.js';

const CONCURRENCY = 40;
/** Limit, because reducing takes long and many failures have the same cause. */
const MAX_SHRUNK = 3;

const [module, first, last, step, spec] = process.argv.slice(2);
const { trial, format, parse } = await import(module);
let next = Number(first);
let shrunk = 0;
await Promise.all(Array.from({ length: CONCURRENCY }, work));
process.disconnect();

async function work() {
  while (next <= Number(last)) {
    const seed = next;
    next += Number(step);
    const result = await trial(seed, spec === undefined ? undefined : parse(spec));
    process.send({ ...summaryOf(result), seed });
    if (result.isPassed || spec !== undefined || shrunk === MAX_SHRUNK) continue;
    shrunk += 1;
    process.send({ seed, fewest: await fewest(seed, result.faults) });
  }
}

function summaryOf({ script, error, faults, fired, ...result }) {
  return {
    ...result,
    sentences: script.sentences.length,
    error: error === undefined ? undefined : inspect(error, { breakLength: Infinity }).split('\n', 1)[0],
    isHung: error?.name === 'TimeoutError',
    faults: format(faults),
    kinds: fired.map(({ fault, kind = fault.kind }) => kind),
  };
}

async function fewest(seed, faults) {
  return format(await shrink(faults, async (fewer) => !(await trial(seed, fewer)).isPassed));
}
