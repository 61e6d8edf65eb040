// Flicker of captions(): words a minute that move on the screen, compared with the simple way, which wraps all text again for
// each partial sentence. With scripted partial sentences (English and Chinese), and with those of the local engine for
// recordings in real time.
//
//   npm run build && node bench/captions-flicker.mjs [recordings...]
//
// Prints for both the moved words a minute, corrections included; the words a minute that jump to another place; and the
// ratios. Exits with 1 if a ratio of moved words is above its target.
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { captions, openLocalEngine, probe, transcribe } from '../dist/index.js';
import { flicker } from './captions-flicker/measure.mjs';
import { naiveScreens } from './captions-flicker/naive.mjs';
import { PARTIAL_MS, scriptedSentences } from './captions-flicker/scripts.mjs';

// Corrections that stay are the same in both ways: they set the least ratio.
const TARGETS = { moved: 0.7, jumped: undefined };
const SEEDS = 50;
const FIXTURES = ['leisure.wav', 'inaugural.webm', 'sense-and-sensibility.mp3', 'cold-hearted.flac'];
const SIZES = [
  { lines: 2, width: 42 },
  { lines: 3, width: 32 },
];

for (const language of ['en', 'zh']) {
  const scripts = Array.from({ length: SEEDS }, (_, seed) => scriptedSentences(language, seed + 1));
  const partials = scripts.reduce((sum, script) => sum + script.length, 0);
  await compare(`scripted, ${language}`, scripts, (partials * PARTIAL_MS) / 60_000);
}

const named = process.argv.slice(2);
const paths =
  named.length > 0
    ? named
    : FIXTURES.map((name) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url)));
const engine = await openLocalEngine({ partials: true });
try {
  const recognised = [];
  let durationMs = 0;
  for (const path of paths) {
    durationMs += (await probe(path)).durationMs;
    const sentences = [];
    for await (const sentence of transcribe(path, { engine, partials: true, pace: 'realtime' }))
      sentences.push(sentence);
    recognised.push(sentences);
  }
  const count = recognised.flat().length;
  await compare(
    `local engine, ${paths.length} recordings, ${count} sentences`,
    recognised,
    durationMs / 60_000,
  );
} finally {
  await engine.close();
}

async function compare(title, streams, minutes) {
  for (const size of SIZES) {
    const ours = { moved: 0, jumped: 0 };
    const naive = { moved: 0, jumped: 0 };
    for (const sentences of streams) {
      const shown = await Readable.from(sentences).pipe(captions(size)).toArray();
      add(
        ours,
        flicker(
          shown.map(({ lines }) => lines),
          size.lines,
        ),
      );
      add(naive, flicker(naiveScreens(sentences, size), size.lines));
    }
    console.log(`${title}, ${size.lines} lines of ${size.width}:`);
    for (const [kind, target] of Object.entries(TARGETS)) {
      const [mine, other] = [ours[kind], naive[kind]];
      const ratio = other === 0 ? mine : mine / other;
      if (ratio > target) process.exitCode = 1;
      const verdict = target === undefined ? 'no target' : ratio > target ? `above ${target}` : 'ok';
      console.log(
        `  ${kind} words a minute: captions() ${(mine / minutes).toFixed(1)}, simple way ${(other / minutes).toFixed(1)}, ratio ${ratio.toFixed(2)} (${verdict})`,
      );
    }
  }
}

function add(total, { moved, jumped }) {
  total.moved += moved;
  total.jumped += jumped;
}
