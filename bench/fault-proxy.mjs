// Random schedules of 1 to 8 faults of the network, in a TCP proxy between client and service: latency, limited bandwidth,
// small pieces, wrong bits, and connections that close, are reset, hang or close late. No sentence may be lost, repeated,
// damaged or out of order.
//
//   npm run build && node bench/fault-proxy.mjs [schedules] [first seed] [faults]
//
// Prints the same figures as fault-schedules.mjs.
import { runSchedules } from './fault-schedules/run.mjs';
import { CERTIFICATE } from './fault-schedules/tls-front.mjs';

const [count = '300', ...rest] = process.argv.slice(2);
const module = import.meta.resolve('./fault-schedules/network-faults.mjs');
await runSchedules(module, [count, ...rest], { NODE_EXTRA_CA_CERTS: CERTIFICATE });
