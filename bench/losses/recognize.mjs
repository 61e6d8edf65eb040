// Live audio by `recognize`: <url> <PCM file> <speed>.
import { recognize } from '../../dist/index.js';
import { play } from './live-audio.mjs';
import { complain, say } from './report.mjs';

const [url, pcmFile, speed] = process.argv.slice(2);
const recognizer = recognize({ baseUrl: url, apiKey: 'any', live: true });
recognizer.on('gap', ({ begin_time, end_time }) => complain(`Given up: ${begin_time}-${end_time} ms.`));
void play(pcmFile, Number(speed), (frame) => {
  if (!recognizer.destroyed) recognizer.write(frame);
}).then(() => recognizer.end());
try {
  for await (const sentence of recognizer) {
    if (sentence.sentence_end) say(sentence);
  }
} catch (error) {
  complain(error.message);
}
