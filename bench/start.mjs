// Start time of the command line: `fun-asr --help` compared with `node -e 0`, alternating.
//
//   npm run build && node bench/start.mjs [rounds]
//
// Prints the median of both in ms and their ratio. Exits with 1 if the ratio is above the target.
import { spawnSync } from 'node:child_process';

const PROGRAM = new URL('../dist/cli/main.js', import.meta.url).pathname;
const TARGET = 3;

const rounds = Number(process.argv[2] ?? 20);
const [help, nothing] = [[], []];
for (let round = 0; round < rounds; round += 1) {
  help.push(millisecondsOf([PROGRAM, '--help']));
  nothing.push(millisecondsOf(['-e', '0']));
}
const ratio = median(help) / median(nothing);
console.log(
  `fun-asr --help: ${median(help).toFixed(0)} ms, node -e 0: ${median(nothing).toFixed(0)} ms, ratio ${ratio.toFixed(2)} (target ${TARGET})`,
);
if (ratio > TARGET) process.exitCode = 1;

function millisecondsOf(args) {
  const start = performance.now();
  spawnSync(process.execPath, args);
  return performance.now() - start;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
