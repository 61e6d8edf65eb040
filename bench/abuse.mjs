// Robustness of the local service: valid clients among invalid ones. 64 invalid clients at a time send all the cases of
// abuse/abuse-cases.mjs in turn, while 4 valid clients transcribe.
//
//   npm run build && node bench/abuse.mjs [number of invalid clients]
//
// Prints the number of correct and wrong transcripts of the valid clients, whether the service still works, and the growth
// of its memory. Exits with 1 if a transcript is wrong, the service is dead, or its memory has grown above the target.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { recognize } from '../dist/index.js';
import { ABUSE_CASES } from './abuse/abuse-cases.mjs';
import { runCase } from './abuse/raw-websocket.mjs';

const CONCURRENCY = 64;
const VALID_CLIENTS = 4;
/** Allowed growth of the service in MB, for any number of clients: memory that is not yet garbage-collected. */
const TARGET_MB = 100;
/** Time after which a client with a case without an expected end closes the connection. */
const CASE_TIMEOUT_MS = 500;
const SECOND = Buffer.alloc(32_000);
const EXPECTED = 'Second 1. Second 2. Second 3. Second 4. Second 5.';

const connections = Number(process.argv[2] ?? 2000);
const service = fork(new URL('abuse/service.mjs', import.meta.url));
try {
  const [{ port }] = await once(service, 'message');
  const url = `ws://127.0.0.1:${port}/api-ws/v1/inference`;
  // Loads all code before the first measurement.
  await transcribe(url);
  const before = await memory();
  const transcripts = { correct: 0, wrong: 0 };
  let peak = before;
  const attack = new AbortController();
  const validClients = Array.from({ length: VALID_CLIENTS }, async () => {
    while (!attack.signal.aborted) {
      const text = await transcribe(url).catch(String);
      transcripts[text === EXPECTED ? 'correct' : 'wrong'] += 1;
      peak = Math.max(peak, await memory());
    }
  });
  let started = 0;
  const invalidClients = Array.from({ length: CONCURRENCY }, async () => {
    while (started < connections) {
      await runCase(port, ABUSE_CASES[started++ % ABUSE_CASES.length], CASE_TIMEOUT_MS);
    }
  });
  await Promise.all(invalidClients);
  attack.abort();
  await Promise.all(validClients);
  const isAlive = (await transcribe(url).catch(String)) === EXPECTED;
  const grownMb = (peak - before) / 1e6;
  const { correct, wrong } = transcripts;
  console.log(
    `${connections} invalid clients of ${ABUSE_CASES.length} kinds: ${correct} correct transcripts of valid clients, ${wrong} wrong; ` +
      `service ${isAlive ? 'alive' : 'dead'}, grown by ${grownMb.toFixed(0)} MB (target ${TARGET_MB})`,
  );
  if (wrong > 0 || correct < VALID_CLIENTS || !isAlive || grownMb > TARGET_MB) process.exitCode = 1;
} finally {
  service.kill();
}

/** Transcribes five seconds of audio. */
async function transcribe(baseUrl) {
  const texts = [];
  const stage = recognize({ baseUrl, apiKey: 'any' });
  await pipeline(Array(5).fill(SECOND), stage, async (sentences) => {
    for await (const { text } of sentences) texts.push(text);
  });
  return texts.join(' ');
}

/** Returns the resident memory of the service in bytes. */
async function memory() {
  if (!service.connected) return Number.NaN;
  const answer = once(service, 'message');
  service.send('memory');
  return (await answer)[0].rss;
}
