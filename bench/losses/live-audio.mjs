// Live audio for the clients of losses.mjs that are written in JavaScript.
import { readFile } from 'node:fs/promises';

const FRAME_BYTES = 3200;
const FRAME_MS = 100;

/** Calls `send` with each 100 ms of a recording, at `speed` times real time. */
export async function play(pcmFile, speed, send) {
  const audio = await readFile(pcmFile);
  const start = performance.now();
  for (let at = 0; at < audio.length; at += FRAME_BYTES) {
    const due = start + ((at / FRAME_BYTES) * FRAME_MS) / speed;
    await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    send(audio.subarray(at, at + FRAME_BYTES));
  }
}
