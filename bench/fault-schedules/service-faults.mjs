// Trials with faults of the service, over WebSockets in one process.
import { formatFaults, parseFaults, runTrial } from '../../dist/testing/index.js';
import { transcribe } from './client.mjs';

export const parse = parseFaults;
export const format = formatFaults;
/** Time limit of two minutes: in the worst case a client sends 30 s twice in real time, to find poison audio. */
export const trial = (seed, faults) => runTrial(transcribe, { seed, faults, timeoutMs: 120_000 });
