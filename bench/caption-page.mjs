// Memory of the caption page and of its server while a microphone is recognised: `node bench/caption-page.mjs [minutes]`
// (30). A headless Chromium plays a recording of 37 s as its microphone, again and again, in real time; the server is
// restarted once. Prints the memory of both after each minute.
// Targets: between the first third and the end, the heap of the page grows by less than 4 MB and that of the server by less
// than 8 MB, both after garbage collection; nothing is lost: the last
// sentence of each round is in the text.
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { captionPage, findFfmpeg, openLocalEngine, startService } from '../dist/index.js';

const SELF = fileURLToPath(import.meta.url);
const MB = 1024 * 1024;
const MAX_PAGE_GROWTH = 4 * MB;
const MAX_SERVER_GROWTH = 8 * MB;
/** The last word of each round. */
const LAST_WORD = /himself/g;
const SILENCE_SECONDS = 6;
/** The server is restarted after this minute: the memory is compared later. */
const RESTART_MINUTE = 2;

if (process.argv[2] === '--server') await serve();
else process.exitCode = (await measure(Number(process.argv[2] ?? 30))) ? 0 : 1;

/** The server, in a process of its own. It reports its memory when it is asked. */
async function serve() {
  const engine = await openLocalEngine({ partials: true });
  let service = await startService({ engine, port: 0, doors: [captionPage()] });
  const { port } = service;
  const restart = async () => {
    await service.close();
    await delay(2000);
    service = await startService({ engine, port, doors: [captionPage()] });
  };
  const report = () => {
    globalThis.gc();
    const { heapUsed, external, rss } = process.memoryUsage();
    process.send({ heap: heapUsed + external, rss });
  };
  process.on('message', (command) => {
    if (command === 'restart') void restart().then(report);
    else report();
  });
  process.on('disconnect', () => process.exit());
  process.send({ port });
}

async function measure(minutes) {
  const { chromium } = await import('playwright-core');
  const folder = mkdtempSync(join(tmpdir(), 'caption-page-'));
  const microphone = join(folder, 'microphone.wav');
  const { path: ffmpeg } = await findFfmpeg();
  const recording = fileURLToPath(new URL('../fixtures/sense-and-sensibility.mp3', import.meta.url));
  // Old versions of FFmpeg count the silence in samples only.
  const filter = `aresample=48000,apad=pad_len=${SILENCE_SECONDS * 48_000}`;
  execFileSync(ffmpeg, ['-v', 'error', '-i', recording, '-af', filter, '-ac', '1', microphone]);
  const server = fork(SELF, ['--server'], { execArgv: ['--expose-gc'] });
  const [{ port }] = await once(server, 'message');
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${microphone}`,
    ],
  });
  try {
    const page = await browser.newPage();
    const session = await page.context().newCDPSession(page);
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.getByRole('button', { name: 'Start' }).click();
    const samples = [];
    for (let minute = 1; minute <= minutes; minute += 1) {
      await delay(60_000);
      if (minute === RESTART_MINUTE) await ask(server, 'restart');
      samples.push(await sample(session, server, minute));
    }
    await page.getByRole('button', { name: 'Stop' }).click();
    // The last sentence.
    await delay(5000);
    const text = await downloadText(page);
    return judge(samples, text, minutes);
  } finally {
    await browser.close();
    server.disconnect();
    rmSync(folder, { recursive: true });
  }
}

async function sample(session, server, minute) {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { nodes } = await session.send('Memory.getDOMCounters');
  const { heap, rss } = await ask(server, 'memory');
  console.log(
    `minute ${minute}: page heap ${mb(usedSize)}, ${nodes} nodes; server heap ${mb(heap)}, resident ${mb(rss)}`,
  );
  return { page: usedSize, server: heap };
}

/** Sends a command to the server. Resolves with its answer. */
async function ask(server, command) {
  server.send(command);
  const [answer] = await once(server, 'message');
  return answer;
}

async function downloadText(page) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download TXT' }).click(),
  ]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function judge(samples, text, minutes) {
  const first = samples[Math.floor(samples.length / 3)];
  const last = samples.at(-1);
  const [pageGrowth, serverGrowth] = [last.page - first.page, last.server - first.server];
  const rounds = text.match(LAST_WORD)?.length ?? 0;
  // A round is 30.7 s of speech and the silence after it; the last one may be cut.
  const expected = Math.floor((minutes * 60) / (30.74 + SILENCE_SECONDS));
  const sentences = text.trim().split('\n').length;
  console.log(
    `growth: page ${mb(pageGrowth)} (below ${mb(MAX_PAGE_GROWTH)}), server ${mb(serverGrowth)} (below ${mb(MAX_SERVER_GROWTH)})`,
  );
  console.log(`${sentences} sentences, ${rounds} of about ${expected} rounds complete`);
  return pageGrowth < MAX_PAGE_GROWTH && serverGrowth < MAX_SERVER_GROWTH && Math.abs(rounds - expected) <= 1;
}

function mb(bytes) {
  return `${(bytes / MB).toFixed(1)} MB`;
}
