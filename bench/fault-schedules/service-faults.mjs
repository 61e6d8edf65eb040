// Faults of the service, over real WebSockets in one process.
import { formatFaults, parseFaults, runTrial } from '../../dist/testing/index.js';
import { recognised } from './client.mjs';

export const parse = parseFaults;
export const format = formatFaults;
/** Two minutes: in the worst case a client sends half a minute twice in real time, to tell which audio makes tasks fail. */
export const trial = (seed, faults) => runTrial(recognised, { seed, faults, timeoutMs: 120_000 });
