// Trials with faults of the network. The proxy stands between client and service, with TLS through it, so that a wrong bit
// is detected. The audio has ten times the speed of speech, so that little of it is buffered.
import { pace } from '../../dist/index.js';
import { randomNetworkFaults, runTrial, startFaultProxy } from '../../dist/testing/index.js';
import { transcribe } from './client.mjs';
import { startTlsFront } from './tls-front.mjs';

const RATE = 10;
/** The default interval, scaled to the speed: a limited bandwidth must not look like a dead connection. */
const LIMITS = { pingIntervalMs: 10_000 / RATE };
const BYTES_PER_MS = 32;
const MAX_AHEAD_MS = 4000;

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
      targetPort: front.port,
      faults,
      progressMs: (bytes) => progress.sent(bytes),
    });
    fired = proxy.fired;
    try {
      const url = baseUrl.replace(/^ws:.*?:\d+/, `wss://localhost:${proxy.port}`);
      for await (const sentence of transcribe(url, audio, signal, pace({ rate: RATE }), LIMITS)) {
        progress.final(sentence.end_time);
        yield sentence;
      }
    } finally {
      await proxy.close();
      await front.close();
    }
  }
  const result = await runTrial(client, { seed, faults: [], timeoutMs: 120_000 });
  return { ...result, faults, fired };
}

/** Progress of a client: the end of the last final sentence, plus a limited part of what was sent after it, because most of that may still be buffered. */
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
    return this.#finalMs + Math.min(MAX_AHEAD_MS, (bytes - this.#bytesAtFinal) / BYTES_PER_MS);
  }
}
