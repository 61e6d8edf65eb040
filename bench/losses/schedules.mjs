// What goes wrong in losses.mjs: rows of runs, each with a script by its seed and faults as a text.
import { FAULT_KINDS, formatFaults, randomFaults, randomScript } from '../../dist/testing/index.js';

const DURATION_MS = 60_000;
/** A single fault strikes at these places of the audio, in another script each time. */
const PLACES = [0.3, 0.5, 0.7];
const RANDOM_SCHEDULES = 10;
/**
 * What has not ended after this time hangs: a minute for a single fault, and for several, of which each may take a client
 * as long, more than any limit that a client has.
 */
const LIMIT_MS = { single: 60_000, random: 360_000 };
/** A file may have been sent to its end before the service has heard much of it: nobody can tell that an end is early. */
export const UNTELLABLE = 'finish-early';
/** More results than there are. */
const EACH_RESULT = 1000;

/** Those without a time strike at the first occasion. */
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
  'reorder, each two results': () => 'reorder '.repeat(EACH_RESULT),
  'garbage:json': (at) => `garbage:json@${at}`,
  'garbage:event': (at) => `garbage:event@${at}`,
  'garbage:binary': (at) => `garbage:binary@${at}`,
  'garbage:foreign': (at) => `garbage:foreign@${at}`,
};

/** @param wanted The beginning of a row's name; all rows without it. */
export function rows(wanted = '') {
  return [...singles(), random()].filter(({ name }) => name.startsWith(wanted));
}

/** What is spoken, the same for the same seed. */
export function scriptOf(seed) {
  return randomScript(seed, { durationMs: DURATION_MS });
}

function singles() {
  return Object.entries(FAULTS).map(([name, strike]) => ({
    name,
    limitMs: LIMIT_MS.single,
    runs: PLACES.map((place, index) => ({ seed: index + 1, faults: strike(`${place * DURATION_MS}ms`) })),
  }));
}

function random() {
  const kinds = FAULT_KINDS.filter((kind) => kind !== UNTELLABLE);
  const runs = Array.from({ length: RANDOM_SCHEDULES }, (_, index) => {
    const seed = PLACES.length + index + 1;
    return { seed, faults: formatFaults(randomFaults(seed, { durationMs: DURATION_MS, kinds })) };
  });
  return { name: `random: ${RANDOM_SCHEDULES} schedules of 1 to 8`, limitMs: LIMIT_MS.random, runs };
}
