// A file by `transcribe`: <url> <WAV file>.
import { transcribe } from '../../dist/index.js';
import { complain, say } from './report.mjs';

const [url, wavFile] = process.argv.slice(2);
try {
  const options = { baseUrl: url, apiKey: 'any', onWarning: ({ message }) => complain(message) };
  for await (const sentence of transcribe(wavFile, options)) say(sentence);
} catch (error) {
  complain(error.message);
}
