// Runs schedules, many at a time: most of their time they wait. Gets what they are, from where to where in which steps,
// and perhaps the one schedule to try; sends a verdict for each. What fails is made as small as it gets.
import { inspect } from 'node:util';
import { shrink } from '../../dist/testing/index.js';

const AT_ONCE = 40;
/** More are not made small: something is broken, and it takes long. */
const MOST_SHRUNK = 3;

const [module, first, last, step, spec] = process.argv.slice(2);
const { trial, format, parse } = await import(module);
let next = Number(first);
let shrunk = 0;
await Promise.all(Array.from({ length: AT_ONCE }, work));
process.disconnect();

async function work() {
  while (next <= Number(last)) {
    const seed = next;
    next += Number(step);
    const verdict = await trial(seed, spec === undefined ? undefined : parse(spec));
    process.send({ ...told(verdict), seed });
    if (verdict.isPassed || spec !== undefined || shrunk === MOST_SHRUNK) continue;
    shrunk += 1;
    process.send({ seed, fewest: await fewest(seed, verdict.faults) });
  }
}

function told({ script, failure, faults, fired, ...verdict }) {
  return {
    ...verdict,
    spoken: script.sentences.length,
    failure:
      failure === undefined ? undefined : inspect(failure, { breakLength: Infinity }).split('\n', 1)[0],
    isHung: failure?.name === 'TimeoutError',
    faults: format(faults),
    kinds: fired.map(({ fault, kind = fault.kind }) => kind),
  };
}

async function fewest(seed, faults) {
  return format(await shrink(faults, async (fewer) => !(await trial(seed, fewer)).isPassed));
}
