// Good clients among clients that break every rule: 64 of those at a time, in turn of all kinds that abuse/garbage.mjs has.
// Every transcript of the good ones must be right, and the service must live on in bounded memory.
//
//   npm run build && node bench/abuse.mjs [garbage connections]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { recognize } from '../dist/index.js';
import { GARBAGE } from './abuse/garbage.mjs';
import { talk } from './abuse/raw-websocket.mjs';

const AT_ONCE = 64;
const GOOD_CLIENTS = 4;
/** So much may the service grow, in MB, however many there are: garbage of its own that nobody had to collect yet. */
const TARGET_MB = 100;
/** Garbage without an end is hung up on after this time. */
const PATIENCE_MS = 500;
const SECOND = Buffer.alloc(32_000);
const RIGHT = 'Second 1. Second 2. Second 3. Second 4. Second 5.';

const connections = Number(process.argv[2] ?? 2000);
const service = fork(new URL('abuse/service.mjs', import.meta.url));
try {
  const [{ port }] = await once(service, 'message');
  const url = `ws://127.0.0.1:${port}/api-ws/v1/inference`;
  // Once before anything is measured, so that all code is loaded.
  await transcript(url);
  const before = await memory();
  const tally = { right: 0, wrong: 0 };
  let peak = before;
  const attack = new AbortController();
  const good = Array.from({ length: GOOD_CLIENTS }, async () => {
    while (!attack.signal.aborted) {
      const text = await transcript(url).catch(String);
      tally[text === RIGHT ? 'right' : 'wrong'] += 1;
      peak = Math.max(peak, await memory());
    }
  });
  let sent = 0;
  const garbage = Array.from({ length: AT_ONCE }, async () => {
    while (sent < connections) await talk(port, GARBAGE[sent++ % GARBAGE.length], PATIENCE_MS);
  });
  await Promise.all(garbage);
  attack.abort();
  await Promise.all(good);
  const isAlive = (await transcript(url).catch(String)) === RIGHT;
  const grownMb = (peak - before) / 1e6;
  console.log(
    `${connections} garbage connections of ${GARBAGE.length} kinds: ${tally.right} transcripts of good clients right, ${tally.wrong} wrong; ` +
      `service ${isAlive ? 'alive' : 'dead'}, grown by ${grownMb.toFixed(0)} MB (target ${TARGET_MB})`,
  );
  if (tally.wrong > 0 || tally.right < GOOD_CLIENTS || !isAlive || grownMb > TARGET_MB) process.exitCode = 1;
} finally {
  service.kill();
}

/** What the service makes of five seconds of audio. */
async function transcript(baseUrl) {
  const texts = [];
  const stage = recognize({ baseUrl, apiKey: 'any' });
  await pipeline(Array(5).fill(SECOND), stage, async (sentences) => {
    for await (const { text } of sentences) texts.push(text);
  });
  return texts.join(' ');
}

async function memory() {
  if (!service.connected) return Number.NaN;
  const answer = once(service, 'message');
  service.send('memory');
  return (await answer)[0].rss;
}
