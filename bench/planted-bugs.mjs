// Mutation test of the client: plants typical bugs one by one in a copy of the sources and runs the tests. First the test
// file of the changed file, then all tests of the client and of the test service. A bug is caught if a test fails with it,
// fails again, and passes without it. A test file that fails for other reasons is left out, and the others run again.
//
//   node bench/planted-bugs.mjs [part of a bug's name]     about 20 minutes for all
//   node bench/planted-bugs.mjs --check [part of a name]   only checks that each bug still fits the sources
//
// Prints one line for each bug: the test that caught it, NOT CAUGHT, or NOT PLANTED if the text that the bug replaces is
// not in the source any more. The last lines give the total and the names of the missed bugs; a bug that was not planted
// counts as missed. Exits with 1 if more than one bug is missed.
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUGS } from './planted-bugs/bugs.mjs';
import { firstFailure } from './planted-bugs/test-run.mjs';

const CONCURRENCY = 2;
const MAX_MISSED = 1;
/** Test files that may fail for other reasons, such as a busy machine, before a bug counts as missed. */
const MAX_UNSTABLE = 3;
const COPIED = ['lib', 'test', 'bench', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
const LINKED = ['node_modules', 'fixtures'];
const TESTS = ['test/recognition', 'test/testing'];
const CONFIG = `export default { test: {
  include: ['test/**/*.test.ts'], setupFiles: ['test/setup/environment.ts'], testTimeout: 60_000, bail: 1, maxWorkers: 1,
} };`;

const project = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const isCheck = args[0] === '--check';
const part = args.slice(isCheck ? 1 : 0).join(' ');
const bugs = BUGS.filter(({ name }) => name.includes(part));
const missed = isCheck ? await check() : await plantAll();
const verb = isCheck ? 'fit the sources' : 'caught';
console.log(
  `${bugs.length - missed.length} of ${bugs.length} planted bugs ${verb} (target ${bugs.length - MAX_MISSED})`,
);
for (const name of missed) console.log(`  missed: ${name}`);
if (missed.length > MAX_MISSED) process.exitCode = 1;

/** Returns the names of the bugs that do not fit the sources. */
async function check() {
  const names = [];
  for (const bug of bugs) {
    const { mismatch } = await plantedSource(project, bug);
    if (mismatch === undefined) continue;
    console.log(`${bug.name}: NOT PLANTED, ${mismatch}`);
    names.push(bug.name);
  }
  return names;
}

/** Plants all bugs in two copies of the project. Returns the names of the missed ones. */
async function plantAll() {
  const names = [];
  const pending = [...bugs];
  const worker = async () => {
    const copy = await realpath(await mkdtemp(join(tmpdir(), 'fun-asr-bugs-')));
    try {
      for (const name of COPIED) await cp(join(project, name), join(copy, name), { recursive: true });
      for (const name of LINKED) await symlink(join(project, name), join(copy, name));
      await writeFile(join(copy, 'vitest.config.mjs'), CONFIG);
      for (let bug = pending.shift(); bug; bug = pending.shift()) {
        const { caughtBy, mismatch } = await plant(copy, bug);
        if (caughtBy === undefined) names.push(bug.name);
        const miss = mismatch === undefined ? 'NOT CAUGHT' : `NOT PLANTED, ${mismatch}`;
        console.log(`${bug.name}: ${caughtBy ?? miss}`);
      }
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return names;
}

/** Plants one bug. Returns the test that caught it in `caughtBy`, or the reason why it was not planted in `mismatch`. */
async function plant(copy, bug) {
  const { path, original, planted, mismatch } = await plantedSource(copy, bug);
  if (mismatch !== undefined) return { mismatch };
  const ownTest = join('test', bug.file.replace('.ts', '.test.ts'));
  const stages = existsSync(join(copy, ownTest)) ? [[ownTest], TESTS] : [TESTS];
  const unstable = [];
  for (const tests of stages) {
    while (unstable.length <= MAX_UNSTABLE) {
      await writeFile(path, planted);
      const failure = await firstFailure(copy, tests, unstable);
      if (!failure) break;
      const repeated = failure.file ? [failure.file] : tests;
      // A test that fails by chance has not caught the bug.
      const failsAgain = !failure.file || (await firstFailure(copy, repeated));
      await writeFile(path, original);
      // Neither has a test that always fails.
      if (failsAgain && (await passes(copy, repeated))) return { caughtBy: failure.name };
      if (!failure.file) break;
      unstable.push(failure.file);
    }
    await writeFile(path, original);
  }
  return {};
}

/** Reads the source of a bug and applies its edits, each of which must fit exactly once. */
async function plantedSource(root, { file, edits }) {
  const path = join(root, 'lib', file);
  if (!existsSync(path)) return { mismatch: `lib/${file} does not exist` };
  const original = await readFile(path, 'utf8');
  let planted = original;
  for (let index = 0; index < edits.length; index += 2) {
    const parts = planted.split(edits[index]);
    if (parts.length !== 2) {
      return { mismatch: `lib/${file} contains ${parts.length - 1} times ${JSON.stringify(edits[index])}` };
    }
    planted = parts.join(edits[index + 1]);
  }
  return { path, original, planted };
}

/** Whether tests pass, at the first or second try: other work on the machine may make one fail. */
async function passes(copy, tests) {
  return !(await firstFailure(copy, tests)) || !(await firstFailure(copy, tests));
}
