// Faults of the network: a proxy for TCP between the client and the service, over TLS, so that a byte that was changed on
// the way is noticed, as in earnest. The audio comes at ten times its pace, so that little waits on the way.
import { pace } from '../../dist/index.js';
import { randomNetworkFaults, runTrial, startFaultProxy } from '../../dist/testing/index.js';
import { recognised } from './client.mjs';
import { startTlsFront } from './tls-front.mjs';

const RATE = 10;
/** As often as in earnest for the pace: a bandwidth that is slow for it must not be taken for a connection that is gone. */
const LIMITS = { pingIntervalMs: 10_000 / RATE };
const BYTES_PER_MS = 32;
const MOST_AHEAD_MS = 4000;

/** `kind[:amount]@ms`, separated by commas. */
export function format(faults) {
  return faults
    .map(({ kind, amount, atMs }) => `${kind}${amount === undefined ? '' : `:${amount}`}@${atMs}`)
    .join(', ');
}

export function parse(spec) {
  return [...spec.matchAll(/([a-z-]+)(?::(\d+))?@(\d+)/g)].map(([, kind, amount, atMs]) => ({
    kind,
    atMs: Number(atMs),
    ...(amount !== undefined && { amount: Number(amount) }),
  }));
}

export async function trial(seed, faults = randomNetworkFaults(seed)) {
  let fired = [];
  async function* client(baseUrl, audio, signal) {
    const progress = new Progress();
    const front = await startTlsFront(Number(new URL(baseUrl).port));
    const proxy = await startFaultProxy({
      target: front.port,
      faults,
      progressMs: (bytes) => progress.sent(bytes),
    });
    fired = proxy.fired;
    try {
      const url = baseUrl.replace(/^ws:.*?:\d+/, `wss://localhost:${proxy.port}`);
      for await (const sentence of recognised(url, audio, signal, pace({ rate: RATE }), LIMITS)) {
        progress.final(sentence.end_time);
        yield sentence;
      }
    } finally {
      await proxy.close();
      await front.close();
    }
  }
  const verdict = await runTrial(client, { seed, faults: [], timeoutMs: 120_000 });
  return { ...verdict, faults, fired };
}

/** How far a client has come: what is final, and of what it sent since then a little, for most of it may be on its way. */
class Progress {
  #finalMs = 0;
  #bytes = 0;
  #bytesAtFinal = 0;

  final(ms) {
    this.#finalMs = ms;
    this.#bytesAtFinal = this.#bytes;
  }

  sent(bytes) {
    this.#bytes = bytes;
    return this.#finalMs + Math.min(MOST_AHEAD_MS, (bytes - this.#bytesAtFinal) / BYTES_PER_MS);
  }
}
