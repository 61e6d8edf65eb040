// Converts a recording to the format of the output's extension. The conversions of the official page:
//   node recipes/convert.mjs input.wav output.mp3                                 best quality
//   node recipes/convert.mjs input.mp3 output.wav sampleRate=44100 channels=2
//   node recipes/convert.mjs input.m4a output.aac                                 copies the AAC data
//   node recipes/convert.mjs input.m4a output.aac bitrate=256000                  encodes again
//   node recipes/convert.mjs input.flac output.opus bitrate=128000
// Use convert({ to: 'mp3' }) for a stream, and the command `fun-asr convert` for folders.
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
