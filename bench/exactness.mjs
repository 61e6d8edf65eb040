// Compares the PCM of decodeFile() and frame() with that of `ffmpeg … -f s16le`, byte by byte. Several channels are mixed
// after their rate was converted, and before it by FFmpeg alone: such samples may differ by the last bit.
//
//   npm run build && node bench/exactness.mjs [file or folder …]
//
// Prints each recording that differs, and the number of equal and different ones. Exits with 1 if any differs.
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { decodeFile } from '../dist/audio/decode-file.js';
import { findFfmpeg } from '../dist/audio/ffmpeg/find-ffmpeg.js';
import { frame } from '../dist/audio/frame.js';
import { probe } from '../dist/audio/probe.js';

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
const inputs = process.argv.length > 2 ? process.argv.slice(2) : [fixtures];
const ffmpeg = await findFfmpeg();

let [equal, different] = [0, 0];
for (const path of inputs.flatMap(filesIn)) {
  const probed = await probe(path).catch(() => undefined);
  if (!probed) continue;
  const [ours, theirs] = await Promise.all([framed(path), plain(path)]);
  if (isEqual(ours, theirs, probed.channels > 1 ? 1 : 0)) equal += 1;
  else {
    different += 1;
    console.log(`${path}: ${ours.length} bytes, FFmpeg alone ${theirs.length}`);
  }
}
console.log(`FFmpeg ${ffmpeg.version}: ${equal} recordings equal, ${different} different`);
process.exitCode = different === 0 && equal > 0 ? 0 : 1;

/** Whether no sample differs by more than `tolerance`. */
function isEqual(ours, theirs, tolerance) {
  if (tolerance === 0 || ours.length !== theirs.length) return ours.equals(theirs);
  for (let at = 0; at < ours.length; at += 2)
    if (Math.abs(ours.readInt16LE(at) - theirs.readInt16LE(at)) > tolerance) return false;
  return true;
}

function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function framed(path) {
  return Buffer.concat(await decodeFile(path).pipe(frame()).toArray());
}

function plain(path) {
  const args = [
    '-nostdin',
    '-loglevel',
    'quiet',
    '-i',
    path,
    '-ac',
    '1',
    '-ar',
    '16000',
    '-f',
    's16le',
    'pipe:1',
  ];
  return buffer(spawn(ffmpeg.path, args, { stdio: ['ignore', 'pipe', 'ignore'] }).stdout);
}
