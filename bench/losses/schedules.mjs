// The rows of losses.mjs. Each has several runs with the seed of a script and the text of a schedule of faults.
import { FAULT_KINDS, formatFaults, randomFaults, randomScript } from '../../dist/testing/index.js';

const DURATION_MS = 60_000;
/** The positions of a single fault in the audio, each with another script. */
const POSITIONS = [0.3, 0.5, 0.7];
const RANDOM_SCHEDULES = 10;
/**
 * Time after which a client counts as hung: a minute for a single fault; for several faults, more than the sum of the timeouts
 * of any client.
 */
const LIMIT_MS = { single: 60_000, random: 360_000 };
/** A client that has already sent the whole file cannot detect a `task-finished` that comes too early. */
export const UNDETECTABLE = 'finish-early';
/** Larger than the number of results. */
const EACH_RESULT = 1000;

/** Faults without a position fire at the first trigger. */
const FAULTS = {
  none: () => '',
  'refuse:503': () => 'refuse:503',
  'never-open': () => 'never-open',
  throttle: () => 'throttle',
  'never-start': () => 'never-start',
  drop: (at) => `drop@${at}`,
  reset: (at) => `reset@${at}`,
  'half-open': (at) => `half-open@${at}`,
  'stop-reading': (at) => `stop-reading@${at}`,
  'close:1000': (at) => `close:1000@${at}`,
  'close:1011': (at) => `close:1011@${at}`,
  'fail:InternalError': (at) => `fail:InternalError@${at}`,
  'finish-early': (at) => `finish-early@${at}`,
  'never-finish': () => 'never-finish',
  'delay:5s': (at) => `delay:5s@${at}`,
  'duplicate, each result': () => 'duplicate '.repeat(EACH_RESULT),
  'reorder, each pair of results': () => 'reorder '.repeat(EACH_RESULT),
  'invalid-message:json': (at) => `invalid-message:json@${at}`,
  'invalid-message:event': (at) => `invalid-message:event@${at}`,
  'invalid-message:binary': (at) => `invalid-message:binary@${at}`,
  'invalid-message:other-task': (at) => `invalid-message:other-task@${at}`,
};

/** @param start The start of a row's name. @default all rows */
export function rows(start = '') {
  return [...singles(), random()].filter(({ name }) => name.startsWith(start));
}

/** Returns the script of a seed. */
export function scriptOf(seed) {
  return randomScript(seed, { durationMs: DURATION_MS });
}

function singles() {
  return Object.entries(FAULTS).map(([name, faultAt]) => ({
    name,
    limitMs: LIMIT_MS.single,
    runs: POSITIONS.map((position, index) => ({
      seed: index + 1,
      faults: faultAt(`${position * DURATION_MS}ms`),
    })),
  }));
}

function random() {
  const kinds = FAULT_KINDS.filter((kind) => kind !== UNDETECTABLE);
  const runs = Array.from({ length: RANDOM_SCHEDULES }, (_, index) => {
    const seed = POSITIONS.length + index + 1;
    return { seed, faults: formatFaults(randomFaults(seed, { durationMs: DURATION_MS, kinds })) };
  });
  return { name: `random: ${RANDOM_SCHEDULES} schedules of 1 to 8`, limitMs: LIMIT_MS.random, runs };
}
