// Random schedules of one to eight faults of the service, each over half a minute of self-describing audio: whatever goes
// wrong, no sentence may be lost, repeated, cut or moved, nothing may hang, and nothing may be sent again that was final.
// The last is told by the audio: where each task begins, beside the end of the last final sentence that was given out.
//
//   npm run build && node bench/fault-schedules.mjs [schedules] [first seed] [faults]
//
// What fails is made as small as it gets, and told as the command that replays it.
import { runSchedules } from './fault-schedules/run.mjs';

const [count = '10000', ...rest] = process.argv.slice(2);
await runSchedules(import.meta.resolve('./fault-schedules/service-faults.mjs'), [count, ...rest]);
