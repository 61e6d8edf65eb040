// Live audio with `recognize`. Arguments: <url> <PCM file> <speed>.
import { recognize } from '../../dist/index.js';
import { play } from './live-audio.mjs';
import { reportError, reportSentence } from './report.mjs';

const [url, pcmFile, speed] = process.argv.slice(2);
const recognizer = recognize({ baseUrl: url, apiKey: 'any', live: true });
recognizer.on('gap', ({ begin_time, end_time }) => reportError(`Gap: ${begin_time}-${end_time} ms.`));
void play(pcmFile, Number(speed), (frame) => {
  if (!recognizer.destroyed) recognizer.write(frame);
}).then(() => recognizer.end());
try {
  for await (const sentence of recognizer) {
    if (sentence.sentence_end) reportSentence(sentence);
  }
} catch (error) {
  reportError(error.message);
}
