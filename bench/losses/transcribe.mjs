// A file with `transcribe`. Arguments: <url> <WAV file>.
import { transcribe } from '../../dist/index.js';
import { reportError, reportSentence } from './report.mjs';

const [url, wavFile] = process.argv.slice(2);
try {
  const options = { baseUrl: url, apiKey: 'any', onWarning: ({ message }) => reportError(message) };
  for await (const sentence of transcribe(wavFile, options)) reportSentence(sentence);
} catch (error) {
  reportError(error.message);
}
