// Random schedules of one to eight faults of the network, in a proxy for TCP between the client and the service: latency,
// little bandwidth, bytes that come one by one or wrong, connections that end, are reset, hang, or close late. The zeros
// are those of fault-schedules.mjs.
//
//   npm run build && node bench/fault-proxy.mjs [schedules] [first seed] [faults]
import { runSchedules } from './fault-schedules/run.mjs';
import { CERTIFICATE } from './fault-schedules/tls-front.mjs';

const [count = '300', ...rest] = process.argv.slice(2);
const module = import.meta.resolve('./fault-schedules/network-faults.mjs');
await runSchedules(module, [count, ...rest], { NODE_EXTRA_CA_CERTS: CERTIFICATE });
