const FRAMES_PER_SECOND = 10;

/**
 * Runs live streams in this process and sends a frame to each every 100 ms. Takes `<url> <streams> <seconds>` from the
 * command line. Prints one line of JSON: CPU time, audio sent, streams that ended well, final sentences, and delays.
 * @param open Opens a stream to a URL. Returns `send()`, `end()` and `done`, which resolves with the result of the stream.
 */
export async function runStreams(open) {
  const [url, streams, seconds] = process.argv.slice(2);
  const before = process.cpuUsage();
  const live = Array.from({ length: Number(streams) }, () => open(url));
  await capture(live, Number(seconds) * FRAMES_PER_SECOND);
  const results = await Promise.all(live.map(({ done }) => done));
  const { user, system } = process.cpuUsage(before);
  console.log(
    JSON.stringify({
      cpuMs: (user + system) / 1000,
      audioSeconds: sum(results.map(({ frames }) => frames)) / FRAMES_PER_SECOND,
      ended: results.filter(({ hasEnded }) => hasEnded).length,
      finals: sum(results.map(({ finals }) => finals)),
      delaysMs: results.flatMap(({ delayMs }) => delayMs ?? []),
    }),
  );
}

async function capture(live, frames) {
  const start = performance.now();
  for (let frame = 0; frame < frames; frame += 1) {
    await new Promise((resolve) => setTimeout(resolve, start + frame * 100 - performance.now()));
    for (const { send } of live) send();
  }
  for (const { end } of live) end();
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
