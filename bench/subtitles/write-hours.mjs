// Writes hours of transcript to nowhere with one writer. Prints CPU time and peak memory as JSON.
import { DeepgramConverter, srt as deepgramSrt } from '@deepgram/captions';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { srt } from '../../dist/index.js';
import { passagesOf } from './passages.mjs';
import { deepgramOf } from './writers.mjs';

const PAUSE_MS = 2000;

const [writer, language, hours] = process.argv.slice(2);
const passages = [...passagesOf(language, 'judging'), ...passagesOf(language, 'tuning')];
const began = process.cpuUsage();
const bytes = writer === 'ours' ? await writeOurs() : writeDeepgram();
const { user, system } = process.cpuUsage(began);
const { maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ cpuMs: (user + system) / 1000, peakMb: maxRSS / 1024, bytes }));

async function writeOurs() {
  let sum = 0;
  const sink = new Writable({
    write(chunk, _, done) {
      sum += chunk.length;
      done();
    },
  });
  await pipeline(Readable.from(transcript()), srt({ language }), sink);
  return sum;
}

/** Its converter needs the whole transcript at once. */
function writeDeepgram() {
  return Buffer.byteLength(deepgramSrt(new DeepgramConverter(deepgramOf(Array.from(transcript())))));
}

function* transcript() {
  let offset = 0;
  for (let number = 1; offset < hours * 3_600_000; ) {
    for (const passage of passages) {
      for (const sentence of passage) {
        yield moved(sentence, offset, number);
        number += 1;
      }
      offset += passage.at(-1).end_time + PAUSE_MS;
    }
  }
}

function moved(sentence, offset, number) {
  const words = sentence.words.map((word) => ({
    begin_time: word.begin_time + offset,
    end_time: word.end_time + offset,
    text: word.text,
    punctuation: word.punctuation,
  }));
  return {
    ...sentence,
    sentence_id: number,
    begin_time: sentence.begin_time + offset,
    end_time: sentence.end_time + offset,
    words,
  };
}
