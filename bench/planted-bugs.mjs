// Are the tests of the client worth anything? Bugs that clients have, planted one by one in a copy of the sources: the
// tests must notice, and pass again without the bug. First those that are named for the file, then all of the client and of
// its test service.
//
//   node bench/planted-bugs.mjs [words of a bug's name]
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUGS } from './planted-bugs/bugs.mjs';

const AT_ONCE = 2;
/** So many may pass unseen. */
const MAX_MISSED = 1;
/** Tests that do not end have failed. */
const LIMIT_MS = 180_000;
const COPIED = ['lib', 'test', 'bench', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
const LINKED = ['node_modules', 'fixtures'];
const TESTS = ['test/recognition', 'test/testing'];
const CONFIG = `export default { test: {
  include: ['test/**/*.test.ts'], setupFiles: ['test/setup/environment.ts'], testTimeout: 20_000, bail: 1, maxWorkers: 1,
} };`;

const project = fileURLToPath(new URL('..', import.meta.url));
const wanted = process.argv.slice(2).join(' ');
const bugs = BUGS.filter(({ name }) => name.includes(wanted));
const missed = [];
const left = [...bugs];
/** What ends the tests that run. */
const running = new Set();
process.once('exit', () => running.forEach((end) => end()));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
await Promise.all(Array.from({ length: AT_ONCE }, work));
console.log(
  `${bugs.length - missed.length} of ${bugs.length} planted bugs caught (target ${bugs.length - MAX_MISSED})`,
);
for (const name of missed) console.log(`  not caught: ${name}`);
if (missed.length > MAX_MISSED) process.exitCode = 1;

async function work() {
  const copy = await realpath(await mkdtemp(join(tmpdir(), 'fun-asr-bugs-')));
  try {
    for (const name of COPIED) await cp(join(project, name), join(copy, name), { recursive: true });
    for (const name of LINKED) await symlink(join(project, name), join(copy, name));
    await writeFile(join(copy, 'vitest.config.mjs'), CONFIG);
    for (let next = left.shift(); next; next = left.shift()) {
      const caught = await plant(copy, next);
      if (caught === undefined) missed.push(next.name);
      console.log(`${next.name}: ${caught ?? 'NOT CAUGHT'}`);
    }
  } finally {
    await rm(copy, { recursive: true });
  }
}

/** Which test has noticed the bug; undefined when none has. */
async function plant(copy, bug) {
  const path = join(copy, 'lib', bug.file);
  const right = await readFile(path, 'utf8');
  const own = join('test', bug.file.replace('.ts', '.test.ts'));
  const files = existsSync(join(copy, own)) ? [[own], TESTS] : [TESTS];
  for (const tests of files) {
    await writeFile(path, wrong(right, bug));
    const failed = await failing(copy, tests);
    const again = failed?.file ? [failed.file] : tests;
    // A test that fails by chance, or always, has noticed nothing.
    const isSteady = failed && (!failed.file || (await failing(copy, again)));
    await writeFile(path, right);
    if (isSteady && (await passes(copy, again))) return failed.name;
  }
  return undefined;
}

/** The source with the bug in it. */
function wrong(right, { name, file, edits }) {
  let source = right;
  for (let index = 0; index < edits.length; index += 2) {
    const parts = source.split(edits[index]);
    if (parts.length !== 2)
      throw new Error(`${name}: ${file} has ${parts.length - 1} times: ${edits[index]}`);
    source = parts.join(edits[index + 1]);
  }
  return source;
}

/** Whether tests pass, at the second try at the latest: other work on the machine may be in their way. */
async function passes(copy, tests) {
  return !(await failing(copy, tests)) || !(await failing(copy, tests));
}

/** The first test that fails, and its file where that is known; undefined when all pass. */
async function failing(copy, tests) {
  // Some tests run the built package. Types that do not fit do not matter.
  spawnSync(process.execPath, [join(copy, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
    cwd: copy,
  });
  const report = join(copy, 'report.json');
  const args = ['run', '--reporter=json', `--outputFile=${report}`, ...tests];
  const vitest = spawn(process.execPath, [join(copy, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: copy,
    stdio: 'ignore',
    detached: true,
  });
  // A bug may loop for ever: then its process outlives the one that has started it, so all are ended together.
  const end = () => {
    if (vitest.pid !== undefined) process.kill(-vitest.pid, 'SIGKILL');
  };
  running.add(end);
  const limit = setTimeout(end, LIMIT_MS);
  const [code] = await once(vitest, 'exit');
  clearTimeout(limit);
  running.delete(end);
  try {
    end();
  } catch {
    // None is left.
  }
  if (code === 0) return undefined;
  if (code === null) return { name: 'the tests do not end' };
  const { testResults } = JSON.parse(await readFile(report, 'utf8'));
  for (const { name: path, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (failed) return { name: failed.fullName, file: relative(copy, path) };
  }
  return { name: 'an error outside of the tests' };
}
