// Quality of SRT, compared with @deepgram/captions and the documented rules of Whisper's own writer: the same words, and
// a checker that shares no code with the writer. The rules are in rules.mjs, judge.mjs and borders.mjs of bench/subtitles/.
//
//   npm run build && node bench/subtitle-quality.mjs [--set tuning|judging|held-out] [--list en-text|zh|ja|en-engine]
//     [--only <set>] [--seed <number>] [--recordings <folder>]...
//
// Prints the share of cues that keep all hard rules, and of those that could be published; for our cues also the
// violations by rule, and how many of them an optimal cut has too, passage by passage: those are forced by the words.
// The passages of held-out were written by someone who had not seen the writer, and were not used for tuning: do not tune
// with them. --seed gives the same passages other times. With --list: each cue of ours that breaks a rule. en-engine is
// English speech as the local engine recognises it: that of fixtures/ and of the folders of --recordings. Exits with 1
// when a target is missed.
import { parseArgs } from 'node:util';
import { check, streamOf } from './subtitles/check.mjs';
import { checkTheChecker } from './subtitles/check-the-checker.mjs';
import { engineSentences } from './subtitles/engine.mjs';
import { optimum } from './subtitles/optimum.mjs';
import { parseSrt } from './subtitles/parse-srt.mjs';
import { passagesOf } from './subtitles/passages.mjs';
import { BIT, countOf, HARD_BITS, RULES, rulesIn } from './subtitles/rules.mjs';
import { WRITERS } from './subtitles/writers.mjs';

const TARGETS = { hard: 96, publishable: 94 };
const UNFORCED_TARGET = 1;
const { values } = parseArgs({
  options: {
    set: { type: 'string', default: 'judging' },
    list: { type: 'string' },
    seed: { type: 'string', default: '0' },
    only: { type: 'string' },
    recordings: { type: 'string', multiple: true, default: [] },
  },
});
const PASSAGES = ['tuning', 'judging', 'held-out'];
if (!PASSAGES.includes(values.set)) throw new Error(`sets of passages: ${PASSAGES.join(', ')}`);
const SETS = {
  'en-text': ['en', () => passagesOf('en', values.set, Number(values.seed))],
  zh: ['zh', () => passagesOf('zh', values.set, Number(values.seed))],
  ja: ['ja', () => passagesOf('ja', values.set, Number(values.seed))],
  'en-engine': ['en', () => engineSentences(values.recordings)],
};
const only = values.list ?? values.only;
if (only && !Object.hasOwn(SETS, only)) throw new Error(`sets: ${Object.keys(SETS).join(', ')}`);

checkTheChecker();
const rows = [];
const details = [];
for (const [name, [language, load]] of Object.entries(SETS)) {
  if (only && only !== name) continue;
  const passages = await load();
  if (!passages) {
    console.log(`${name}: skipped, the model of the local engine is not on this machine`);
    continue;
  }
  await measureSet(name, language, passages);
}
console.log(`set ${values.set}`);
console.log(
  ['set', 'writer', 'cues', 'hard %', 'publishable %', 'hard', 'publishable without forced']
    .map(column)
    .join(''),
);
for (const cells of rows) console.log(cells.map(column).join(''));
for (const line of details) console.log(line);

async function measureSet(name, language, passages) {
  const streams = passages.map((sentences) => streamOf(sentences, language));
  for (const [writer, write] of Object.entries(WRITERS)) {
    if (values.list && writer !== 'ours') continue;
    const results = [];
    for (const [index, sentences] of passages.entries()) {
      results.push(check(streams[index], parseSrt(await write(sentences, language))));
    }
    const isOurs = writer === 'ours';
    const best = isOurs ? streams.map(optimum) : [];
    addRow(name, writer, results, best);
    for (const [index, { damage }] of results.entries())
      if (damage && isOurs) miss(`${name}: text of passage ${index + 1} is not conserved: ${damage}`);
    if (isOurs) addRules(name, results, best);
    if (isOurs && values.list) listCues(results, best);
  }
}

function addRow(name, writer, results, best) {
  const cues = results.flatMap((result) => result.cues);
  const shares = [HARD_BITS, -1].map((mask) => {
    const bad = countBad(cues, mask);
    const forced = best.reduce(
      (sum, optimal, index) => sum + Math.min(countBad(optimal, mask), countBad(results[index].cues, mask)),
      0,
    );
    return {
      raw: percent(cues.length - bad, cues.length),
      free: percent(cues.length - bad + forced, cues.length),
    };
  });
  const raw = shares.map((share) => share.raw.toFixed(1));
  const free = shares.map((share) => share.free.toFixed(1));
  rows.push([name, writer, cues.length, ...raw, ...(best.length > 0 ? free : [])]);
  if (best.length === 0) return;
  for (const [index, [label, target]] of Object.entries(TARGETS).entries()) {
    if (shares[index].free < target)
      miss(`${name}: ${label} ${free[index]} % without forced (target ${target} %)`);
  }
}

function countBad(cues, mask) {
  return cues.filter(({ bits }) => bits & mask).length;
}

/**
 * Violations by rule, and how many of them the optimum has too. These are counted by passage, the hard ones and the others
 * separately: a cut that breaks one soft rule instead of another one is not worse.
 */
function addRules(name, results, best) {
  const counts = RULES.map((rule) => [rule, total(results, ({ cues }) => countBad(cues, BIT[rule]))]);
  const parts = counts.filter(([, count]) => count > 0).map(([rule, count]) => `${rule} ${count}`);
  const all = total(counts, ([, count]) => count);
  const forcedAll = total([HARD_BITS, ~HARD_BITS], (mask) =>
    total([...results.entries()], ([index, { cues }]) =>
      Math.min(countViolations(cues, mask), countViolations(best[index], mask)),
    ),
  );
  const optimal = best.flat();
  const [hard, publishable] = [HARD_BITS, -1].map((mask) =>
    percent(optimal.length - countBad(optimal, mask), optimal.length).toFixed(1),
  );
  const cues = results.flatMap((result) => result.cues).length;
  const unforced = ((all - forcedAll) / cues) * 100;
  details.push(
    `${name}: ${all} violations, ${forcedAll} forced: ${parts.join(', ') || 'none'}`,
    `${name}: the optimal cut has ${optimal.length} cues, ${hard} % hard, ${publishable} % publishable`,
    `${name}: cues that run into a next sentence (not a rule): ours ${countRunning(results.flatMap((result) => result.cues))}, optimal ${countRunning(optimal)}`,
  );
  if (unforced > UNFORCED_TARGET)
    miss(
      `${name}: ${unforced.toFixed(1)} violations that are not forced per 100 cues (target ${UNFORCED_TARGET})`,
    );
}

function countViolations(cues, mask) {
  return total(cues, ({ bits }) => countOf(bits & mask));
}

function total(items, valueOf) {
  return items.reduce((sum, item) => sum + valueOf(item), 0);
}

function countRunning(cues) {
  return cues.filter(({ isRunning }) => isRunning).length;
}

function listCues(results, best) {
  for (const [index, { cues }] of results.entries()) {
    const forced = best[index].reduce((bits, cue) => bits | cue.bits, 0);
    for (const [number, { start, end, lines, bits, reasons }] of cues.entries()) {
      if (bits === 0) continue;
      const names = rulesIn(bits).map((rule) => (forced & BIT[rule] ? `${rule} (some forced here)` : rule));
      const next = cues[number + 1]?.start;
      details.push(
        `\npassage ${index + 1}, cue ${number + 1}: ${names.join(', ')}${reasons.length > 0 ? ` [${reasons.join('; ')}]` : ''}`,
        `  ${start} --> ${end} (${end - start} ms${next === undefined ? '' : `, next after ${next - end} ms`})`,
        ...lines.map((line) => `  | ${line}`),
      );
    }
  }
}

function miss(message) {
  details.push(message);
  process.exitCode = 1;
}

function percent(part, whole) {
  return whole === 0 ? 100 : (part / whole) * 100;
}

function column(value, index) {
  return String(value).padEnd([11, 22, 7, 8, 15, 7, 0][index]);
}
