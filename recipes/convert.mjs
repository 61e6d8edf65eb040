// A recording in another format, which the extension of the output names. The conversions that the official page
// shows with FFmpeg:
//   node recipes/convert.mjs input.wav output.mp3                                 the best quality
//   node recipes/convert.mjs input.mp3 output.wav sampleRate=44100 channels=2
//   node recipes/convert.mjs input.m4a output.aac                                 taken out as it is
//   node recipes/convert.mjs input.m4a output.aac bitrate=256000                  encoded anew
//   node recipes/convert.mjs input.flac output.opus bitrate=128000
// A stream of bytes goes through convert({ to: 'mp3' }), whole folders through `fun-asr convert`.
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
