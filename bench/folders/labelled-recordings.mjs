import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const SAMPLE_RATE = 16_000;
const SECOND_BYTES = SAMPLE_RATE * 2;

/** Name of a recording by its number. */
export const nameOf = (id) => `r${String(id).padStart(6, '0')}`;

/** The text of a second of a recording. */
export const textOf = (id, second) => `recording ${id} second ${second}`;

/** A WAV whose samples say the number of the recording and of the second, in turn. */
export function labelledWav(id, seconds) {
  const pcm = Buffer.alloc(Math.round(seconds * SAMPLE_RATE) * 2);
  for (let at = 0; at + 8 <= pcm.length; at += 8) {
    pcm.writeInt16LE(id & 0x7fff, at);
    pcm.writeInt16LE(id >> 15, at + 2);
    pcm.writeInt16LE(Math.floor(at / SECOND_BYTES), at + 4);
    pcm.writeInt16LE(-1, at + 6);
  }
  const header = Buffer.alloc(44);
  header.write('RIFF');
  header.writeUInt32LE(36 + pcm.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SECOND_BYTES, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([header, pcm]);
}

/** Writes recordings with the numbers 1 to `count`. */
export function writeRecordings(folder, count, seconds) {
  mkdirSync(folder, { recursive: true });
  for (let id = 1; id <= count; id += 1)
    writeFileSync(join(folder, `${nameOf(id)}.wav`), labelledWav(id, seconds));
}

/**
 * An engine that reads the labels: a final sentence for each second of audio.
 * @param onHeard Called with the numbers of the recording and of the second.
 * @param msPerSecond Time that it takes for each second.
 */
export function labelReader(onHeard = () => {}, msPerSecond = 0) {
  return {
    model: 'labels',
    languages: ['en'],
    open({ onSentence }) {
      let rest = Buffer.alloc(0);
      let ms = 0;
      const take = (pcm) => {
        const id = pcm.readInt16LE(0) + (pcm.readInt16LE(2) << 15);
        const second = pcm.readInt16LE(4);
        const length = Math.round(pcm.length / 32);
        onHeard(id, second);
        const text = textOf(id, second);
        const words = [{ begin_time: ms, end_time: ms + length, text, punctuation: '' }];
        onSentence({ begin_time: ms, end_time: ms + length, text, words });
        ms += length;
      };
      return {
        silenceMs: 0,
        async write(pcm) {
          rest = Buffer.concat([rest, pcm]);
          for (; rest.length >= SECOND_BYTES; rest = rest.subarray(SECOND_BYTES)) {
            if (msPerSecond > 0) await setTimeout(msPerSecond);
            take(rest.subarray(0, SECOND_BYTES));
          }
        },
        async end() {
          if (rest.length >= 8) take(rest);
        },
        destroy() {},
      };
    },
    async close() {},
  };
}
