// Converts a recording. The extension of the output selects the format. These are the conversions of the official page:
//   node recipes/convert.mjs input.wav output.mp3                                 best quality
//   node recipes/convert.mjs input.mp3 output.wav sampleRate=44100 channels=2
//   node recipes/convert.mjs input.m4a output.aac                                 copied without encoding
//   node recipes/convert.mjs input.m4a output.aac bitrate=256000                  encoded again
//   node recipes/convert.mjs input.flac output.opus bitrate=128000
// For a stream of bytes use convert({ to: 'mp3' }), for whole folders `fun-asr convert`.
import { convertFile } from 'fun-asr-streams';

const [input, output, ...settings] = process.argv.slice(2);
const options = Object.fromEntries(
  settings.map((setting) => setting.split('=')).map(([name, value]) => [name, Number(value)]),
);
const { durationMs, isCopy } = await convertFile(input, output, {
  ...options,
  onWarning: (warning) => console.error(warning.message),
});
console.log(`${(durationMs / 1000).toFixed(1)} s ${isCopy ? 'copied' : 'encoded'}`);
