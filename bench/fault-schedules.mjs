// Random schedules of 1 to 8 faults of the service, each over 30 s of self-describing audio. No sentence may be lost,
// repeated, damaged or out of order, the client may not hang, and final audio may not be sent again. The last is measured
// from the position of the first sample of each task.
//
//   npm run build && node bench/fault-schedules.mjs [schedules] [first seed] [faults]
//
// Prints the number of faults that fired, wrong sentences, the largest time error, hangs, errors and audio that was sent
// again. A schedule that fails is reduced to the faults that are needed, and printed as the command that replays it. Exits
// with 1 if any schedule fails.
import { runSchedules } from './fault-schedules/run.mjs';

const [count = '10000', ...rest] = process.argv.slice(2);
await runSchedules(import.meta.resolve('./fault-schedules/service-faults.mjs'), [count, ...rest]);
