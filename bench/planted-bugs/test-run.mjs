// Runs tests in a copy of the project, with limits on time and memory.
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Tests that have not ended after this time count as failed. */
const TIMEOUT_MS = 300_000;
/** Memory of all processes of a run. Above it the tests count as failed: a bug may buffer without a limit. */
const MAX_MEMORY_BYTES = 2 * 1024 ** 3;
const MEMORY_INTERVAL_MS = 500;
/** Environment variable that marks all processes of a run. Its children inherit it, also those in another process group. */
const MARKER = 'PLANTED_BUG_RUN';

const markers = new Set();
process.once('exit', () => markers.forEach(killAll));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/**
 * Builds the copy and runs tests in it.
 * @param copy Folder of the copy.
 * @param tests Files or folders.
 * @param excluded Files that are not run.
 * @returns The first failed test as `{ name, file }`, without `file` if the failure is not in a test; undefined if all pass.
 */
export async function firstFailure(copy, tests, excluded = []) {
  // Some tests run the built package. Type errors do not matter here.
  spawnSync(process.execPath, [join(copy, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
    cwd: copy,
  });
  const report = join(copy, 'report.json');
  await rm(report, { force: true });
  const marker = `${MARKER}=${randomUUID()}`;
  markers.add(marker);
  const exclude = excluded.flatMap((file) => ['--exclude', file]);
  const args = ['run', '--reporter=json', `--outputFile=${report}`, ...exclude, ...tests];
  const vitest = spawn(process.execPath, [join(copy, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: copy,
    env: { ...process.env, [MARKER]: marker.slice(MARKER.length + 1) },
    stdio: 'ignore',
  });
  let stopReason;
  const stop = (reason) => {
    stopReason ??= reason;
    killAll(marker);
  };
  const timer = setTimeout(stop, TIMEOUT_MS, 'the tests do not end');
  const memoryTimer = setInterval(() => {
    if (memoryOf(marker) > MAX_MEMORY_BYTES) stop('the tests use more than 2 GB of memory');
  }, MEMORY_INTERVAL_MS);
  const [code] = await once(vitest, 'exit');
  clearTimeout(timer);
  clearInterval(memoryTimer);
  // Processes that the tests have started and not ended.
  killAll(marker);
  markers.delete(marker);
  if (stopReason) return { name: stopReason };
  if (code === 0) return undefined;
  return (await failureIn(report, copy)) ?? { name: 'an error outside of the tests' };
}

async function failureIn(report, copy) {
  const text = await readFile(report, 'utf8').catch(() => '{}');
  const { testResults = [] } = JSON.parse(text);
  for (const { name: path, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (failed) return { name: failed.fullName, file: relative(copy, path) };
  }
  return undefined;
}

function killAll(marker) {
  for (const pid of processesOf(marker)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
}

/** Resident memory of all processes of a run, in bytes. */
function memoryOf(marker) {
  return processesOf(marker)
    .map((pid) => /VmRSS:\s+(\d+)/.exec(readProc(pid, 'status'))?.[1] ?? 0)
    .reduce((sum, kilobytes) => sum + Number(kilobytes) * 1024, 0);
}

/** Process ids of a run, from /proc (Linux). */
function processesOf(marker) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => readProc(pid, 'environ').split('\0').includes(marker));
}

function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
