// The test service of one run. Arguments: <seed of the script> <faults>. Prints its URL, then each fault that fires.
import { formatFaults, startTestService } from '../../dist/testing/index.js';
import { scriptOf } from './schedules.mjs';

const [seed, faults] = process.argv.slice(2);
const service = await startTestService({
  script: scriptOf(Number(seed)),
  faults,
  onFault: ({ fault }) => console.log(formatFaults([fault])),
});
console.log(service.url);
process.stdin.on('end', () => process.exit()).resume();
